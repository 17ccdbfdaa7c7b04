package dev.sluice.management;

import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.WaitCause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/**
 * Meters of streams. All are registered at the start. None has a tag for the export: names come
 * from users, and each would create a time series for ever.
 */
@Component
final class StreamMetrics implements StreamObserver {

  private final Map<Direction, LongAdder> bytes = new EnumMap<>(Direction.class);
  private final Map<Direction, Map<StreamState, Counter>> ends = new EnumMap<>(Direction.class);
  private final Map<WaitCause, Timer> waits = new EnumMap<>(WaitCause.class);
  private final Map<WaitCause, LongAdder> waiting = new EnumMap<>(WaitCause.class);

  StreamMetrics(MeterRegistry registry) {
    for (Direction direction : Direction.values()) {
      bytes.put(direction, bytes(direction, registry));
      ends.put(direction, ends(direction, registry));
    }
    for (WaitCause cause : WaitCause.values()) {
      waits.put(
          cause,
          Timer.builder("sluice.stream.waits")
              .description("How often and how long sessions stopped, and what for")
              .tag("cause", Tags.of(cause))
              .register(registry));
      waiting.put(cause, waiting(cause, registry));
    }
  }

  private static LongAdder waiting(WaitCause cause, MeterRegistry registry) {
    LongAdder count = new LongAdder();
    Gauge.builder("sluice.stream.waiting", count, LongAdder::sum)
        .description("Sessions that are stopped now, and what for")
        .tag("cause", Tags.of(cause))
        .register(registry);
    return count;
  }

  private static LongAdder bytes(Direction direction, MeterRegistry registry) {
    LongAdder sum = new LongAdder();
    FunctionCounter.builder("sluice.stream.bytes", sum, LongAdder::sum)
        .description("Bytes that went the whole way, in order")
        .baseUnit(BaseUnits.BYTES)
        .tag("direction", Tags.of(direction))
        .register(registry);
    return sum;
  }

  private static Map<StreamState, Counter> ends(Direction direction, MeterRegistry registry) {
    Map<StreamState, Counter> counters = new EnumMap<>(StreamState.class);
    for (StreamState state : StreamState.values()) {
      if (state.ended()) {
        counters.put(
            state,
            Counter.builder("sluice.exports.ended")
                .description("Exports that have ended")
                .tag("direction", Tags.of(direction))
                .tag("outcome", Tags.of(state))
                .register(registry));
      }
    }
    return counters;
  }

  @Override
  public void moved(Direction direction, long count) {
    Tags.get(bytes, direction).add(count);
  }

  @Override
  public void waitBegins(WaitCause cause) {
    Tags.get(waiting, cause).increment();
  }

  @Override
  public void waitEnds(WaitCause cause) {
    Tags.get(waiting, cause).decrement();
  }

  @Override
  public void waited(WaitCause cause, long nanos) {
    Tags.get(waits, cause).record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void ended(Direction direction, StreamState outcome) {
    Tags.get(Tags.get(ends, direction), outcome).increment();
  }
}
