package dev.sluice.server;

import static dev.sluice.testing.FilePaths.at;

import dev.sluice.client.AllowedClients;
import dev.sluice.export.Export;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.ExportSpec;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.server.handshake.HandshakeFailure;
import dev.sluice.server.transport.Tls;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Workspace;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * An {@link OwnService} for those who look at its NBD listener: exports are made without REST, the
 * Unix socket is in the folder of endpoints, and closing it removes that folder.
 */
public final class RunningServer implements AutoCloseable {

  private final OwnService service;
  private final ConfigurableApplicationContext context;

  private RunningServer(OwnService service) {
    this.service = service;
    this.context = service.context();
  }

  public static RunningServer start(String... properties) {
    Path root = Workspace.newPath("server");
    Map<String, String> byKey = new LinkedHashMap<>();
    for (String property :
        Stream.concat(
                Stream.of(
                    "sluice.nbd.unix-socket=" + root.resolve("nbd.sock"),
                    // What users have, unlike in other tests.
                    "sluice.exports.reorder-window=64MB",
                    // Longer than a test waits for a server that has to close by itself.
                    "sluice.nbd.handshake-timeout=1m"),
                Stream.of(properties))
            .toList()) {
      byKey.put(property.substring(0, property.indexOf('=')), property);
    }
    return new RunningServer(OwnService.at(root, List.copyOf(byKey.values())));
  }

  public Path path(String name) {
    return service.root().resolve(name);
  }

  public ExportRegistry exports() {
    return context.getBean(ExportRegistry.class);
  }

  NbdServer nbd() {
    return context.getBean(NbdServer.class);
  }

  /** Connections that have failed for a reason so far. */
  double failures(HandshakeFailure reason) {
    return context
        .getBean(MeterRegistry.class)
        .get("sluice.handshake.failures")
        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
        .counter()
        .count();
  }

  ConfigurableEnvironment environment() {
    return context.getEnvironment();
  }

  public NbdProperties properties() {
    return context.getBean(NbdProperties.class);
  }

  <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  NbdUris uris() {
    return context.getBean(NbdUris.class);
  }

  public Tls tls() {
    return context.getBean(Tls.class);
  }

  /** An export whose FIFO has the export's name, and which is not listed. */
  public Export export(String name, Direction direction, long size) {
    return export(name, direction, size, false, AllowedClients.ALL);
  }

  /** As {@link #export}, but listed. */
  public Export listedExport(String name, Direction direction, long size) {
    return listedExport(name, direction, size, AllowedClients.ALL);
  }

  /** As {@link #export}, but listed, and only for some clients. */
  public Export listedExport(String name, Direction direction, long size, AllowedClients clients) {
    return export(name, direction, size, true, clients);
  }

  /** As {@link #export}, but somebody vouches for something. */
  Export export(String name, Direction direction, long size, Assurances vouched) {
    ExportSpec like = spec(name, direction, size, false, AllowedClients.ALL);
    return exports()
        .create(
            new ExportSpec(
                name,
                at(path(name)),
                false,
                false,
                AllowedClients.ALL,
                direction,
                like.settings().withAssurances(vouched)));
  }

  private Export export(
      String name, Direction direction, long size, boolean listed, AllowedClients clients) {
    return exports().create(spec(name, direction, size, listed, clients));
  }

  private ExportSpec spec(
      String name, Direction direction, long size, boolean listed, AllowedClients clients) {
    OptionalLong declared = size == 0 ? OptionalLong.empty() : OptionalLong.of(size);
    ExportProperties properties = context.getBean(ExportProperties.class);
    StreamSettings settings =
        StreamSettings.of(
            declared,
            properties.reorderWindow().toBytes(),
            Math.toIntExact(properties.headWindow().toBytes()),
            new Timeouts(
                properties.peerTimeout(),
                properties.idleTimeout(),
                properties.resumeTimeout(),
                properties.lifetime(),
                properties.stallTimeout(),
                properties.endTimeout()));
    return new ExportSpec(name, at(path(name)), false, listed, clients, direction, settings);
  }

  SocketAddress tcp() {
    return Objects.requireNonNull(nbd().boundAddress());
  }

  SocketAddress unix() {
    return UnixDomainSocketAddress.of(path("nbd.sock"));
  }

  RawNbdClient connect() throws IOException {
    return RawNbdClient.connect(tcp());
  }

  @Override
  public void close() {
    service.close();
    Workspace.remove(service.root());
  }
}
