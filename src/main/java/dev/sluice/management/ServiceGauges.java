package dev.sluice.management;

import dev.sluice.api.data.DataStreams;
import dev.sluice.api.events.ExportEvents;
import dev.sluice.api.live.Waits;
import dev.sluice.export.Export;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.Finishes;
import dev.sluice.posix.PipeMemory;
import dev.sluice.server.NbdProperties;
import dev.sluice.server.NbdServer;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.window.WindowMemory;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Gauges of current numbers, next to their limits. They are computed when they are read. */
@Component
final class ServiceGauges implements MeterBinder {

  private final ExportRegistry exports;
  private final ExportProperties exportLimits;
  private final Finishes finishes;
  private final DataStreams dataStreams;
  private final Waits waits;
  private final ExportEvents events;
  private final WindowMemory windows;
  private final NbdServer server;
  private final NbdProperties serverLimits;

  ServiceGauges(
      ExportRegistry exports,
      ExportProperties exportLimits,
      Finishes finishes,
      DataStreams dataStreams,
      Waits waits,
      ExportEvents events,
      WindowMemory windows,
      NbdServer server,
      NbdProperties serverLimits) {
    this.exports = exports;
    this.exportLimits = exportLimits;
    this.finishes = finishes;
    this.dataStreams = dataStreams;
    this.waits = waits;
    this.events = events;
    this.windows = windows;
    this.server = server;
    this.serverLimits = serverLimits;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Direction direction : Direction.values()) {
      for (StreamState state : StreamState.values()) {
        gauge("sluice.exports", () -> count(direction, state))
            .description("Exports, with those that have ended and are remembered")
            .tag("direction", Tags.of(direction))
            .tag("state", Tags.of(state))
            .register(registry);
      }
    }
    gauge("sluice.exports.limit", exportLimits::max)
        .description("How many exports there may be that have not ended")
        .register(registry);
    gauge("sluice.exports.finishing", finishes::count)
        .description("Exports that are being finished on request, by a thread each")
        .register(registry);
    gauge("sluice.data.streams", dataStreams::count)
        .description("Peers that come by HTTP, with a thread each")
        .register(registry);
    gauge("sluice.data.streams.limit", dataStreams::limit)
        .description("How many there may be")
        .register(registry);
    gauge("sluice.live.waits", waits::count)
        .description("Requests that wait for a state of an export")
        .register(registry);
    gauge("sluice.live.subscribers", events::count)
        .description("Subscribers to events")
        .register(registry);
    gauge("sluice.live.subscribers.limit", events::limit)
        .description("How many there may be")
        .register(registry);
    TimeGauge.builder("sluice.stream.standstill", this::standstill, TimeUnit.MILLISECONDS)
        .description("How long no byte has moved in the streaming export that waits longest")
        .register(registry);
    gauge("sluice.window.memory", windows::used)
        .description("Memory that windows hold")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
    gauge("sluice.window.memory.limit", windows::limit)
        .description("Memory that windows may hold together")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
    gauge("sluice.pipe.memory", PipeMemory.SHARED::used)
        .description("Memory of pipes that were widened")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
    gauge("sluice.pipe.memory.limit", PipeMemory.SHARED::limit)
        .description("Memory that widened pipes may have together, before Linux' quota")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
    gauge("sluice.nbd.listening", () -> server.isListening() ? 1 : 0)
        .description("1 while NBD clients can connect")
        .register(registry);
    gauge("sluice.sessions", server::sessionCount)
        .description("Clients that have an export")
        .register(registry);
    gauge("sluice.relays", server.relays()::count)
        .description("Clients that are passed on to other pods")
        .register(registry);
    gauge("sluice.relays.limit", server.relays()::limit)
        .description("How many there may be")
        .register(registry);
    gauge("sluice.handshakes", server::handshakeCount)
        .description("Connections that have no export yet")
        .register(registry);
    gauge("sluice.connections.limit", serverLimits::maxConnections)
        .description("How many sessions and handshakes there may be together")
        .register(registry);
    gauge("sluice.connections.per.address", server::busiestAddressCount)
        .description("Sessions and handshakes of the address that has most")
        .register(registry);
    gauge("sluice.connections.per.address.limit", serverLimits::maxConnectionsPerAddress)
        .description("How many one address may have")
        .register(registry);
    gauge("sluice.connections.per.export", this::mostClients)
        .description("Clients of the export that has most")
        .register(registry);
    gauge("sluice.connections.per.export.limit", serverLimits::maxConnectionsPerExport)
        .description("How many one export may have")
        .register(registry);
  }

  private static Gauge.Builder<Supplier<Number>> gauge(String name, Supplier<Number> value) {
    return Gauge.builder(name, value);
  }

  private long count(Direction direction, StreamState state) {
    return exports.list().stream()
        .map(Export::stream)
        .filter(stream -> stream.direction() == direction && stream.status().state() == state)
        .count();
  }

  private int mostClients() {
    return exports.list().stream()
        .mapToInt(export -> export.stream().status().clients())
        .max()
        .orElse(0);
  }

  private long standstill() {
    return exports.list().stream()
        .map(Export::stream)
        .filter(stream -> stream.status().state() == StreamState.STREAMING)
        .mapToLong(stream -> stream.standingStillMillis())
        .max()
        .orElse(0);
  }
}
