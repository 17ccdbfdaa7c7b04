package dev.sluice.export;

import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of a stream's changes in the service's log, one line each. */
final class StreamLog {

  private static final Logger LOG = LoggerFactory.getLogger(StreamLog.class);

  private StreamLog() {}

  /** For example {@code Export vm1 (write) is COMPLETED at 1048576 after 0.250 s}. */
  static void stateChanged(String name, Direction direction, StreamStatus status) {
    LOG.info(
        "Export {} ({}) is {} at {}{}{}",
        name,
        direction.name().toLowerCase(Locale.ROOT),
        status.state(),
        status.position(),
        status.startedAt() == null ? "" : " after " + seconds(status, status.startedAt()) + " s",
        status.failure() == null ? "" : ": " + status.failure());
  }

  private static String seconds(StreamStatus status, Instant startedAt) {
    Instant until = Objects.requireNonNullElseGet(status.endedAt(), Instant::now);
    return "%.3f".formatted(Duration.between(startedAt, until).toMillis() / 1000.0);
  }
}
