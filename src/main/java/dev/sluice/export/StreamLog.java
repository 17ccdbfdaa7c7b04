package dev.sluice.export;

import dev.sluice.logging.LogContext;
import dev.sluice.logging.LogQuota;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs the changes of a stream's state, one line each. The end is logged by a logger of its own,
 * with the stream's figures as key-value pairs, too.
 */
final class StreamLog implements StreamListener {

  /** The name of the logger for ends. */
  static final String AUDIT_NAME = "dev.sluice.audit";

  private static final Logger log = LoggerFactory.getLogger(StreamLog.class);
  private static final Logger AUDIT = LoggerFactory.getLogger(AUDIT_NAME);

  private final String name;
  private final Direction direction;
  private final Supplier<@Nullable StreamStatus> frozen;
  private final LogQuota changes = new LogQuota();
  private final LogQuota drops = new LogQuota();

  /** Creates the log of an export that cannot go on after a restart. */
  StreamLog(String name, Direction direction) {
    this(name, direction, () -> null);
  }

  /**
   * Creates the log of an export that may go on after the next start of the service.
   *
   * @param frozen returns the state that it will have then; null until the service stops, or if the
   *     export does not go on
   */
  StreamLog(String name, Direction direction, Supplier<@Nullable StreamStatus> frozen) {
    this.name = name;
    this.direction = direction;
    this.frozen = frozen;
  }

  /** Logs the new export, for example {@code Export vm1 (write) is WAITING at 0}. */
  void created(StreamStatus status) {
    tell(status, "");
  }

  /**
   * Logs a change, for example {@code Export vm1 (write) is FAILED at 1048576 after 0.250 s: the
   * tape tore}. Ends are always logged. Other changes are limited, since a client may come and go
   * again and again.
   */
  @Override
  public void stateChanged(StreamStatus status) {
    StreamStatus later = frozen.get();
    String note = status.state().ended() ? "" : changes.take();
    if (later != null && status.state().ended()) {
      log.info("Export {} is {} and goes on after the next start", name, later.state());
    } else if (note != null) {
      tell(status, note);
    }
  }

  /** Logs a client that was dropped, unless there were many. */
  @Override
  public void clientDropped(String reason) {
    String note = drops.take();
    if (note != null) {
      try (LogContext _ = LogContext.of(name)) {
        log.warn("Export {} dropped a client: {}{}", name, reason, note);
      }
    }
  }

  private void tell(StreamStatus status, String note) {
    try (LogContext _ = LogContext.of(name)) {
      String way = direction.text();
      String failure = status.failure() == null ? null : LogContext.oneLine(status.failure());
      LoggingEventBuilder line = status.state().ended() ? end(way, status, failure) : log.atInfo();
      line.log(
          "Export %s (%s) is %s at %d%s%s%s%s"
              .formatted(
                  name,
                  way,
                  status.state(),
                  status.position(),
                  started(status),
                  status.digest() == null ? "" : ", SHA-256 " + status.digest(),
                  failure == null ? "" : ": " + failure,
                  note));
    }
  }

  private static LoggingEventBuilder end(
      String way, StreamStatus status, @Nullable String failure) {
    Instant start = status.startedAt();
    LoggingEventBuilder line =
        AUDIT
            .atInfo()
            .addKeyValue("direction", way)
            .addKeyValue("outcome", status.state())
            .addKeyValue("bytes", status.position());
    line = with(line, "start", start);
    line = with(line, "end", status.endedAt());
    line = with(line, "duration", start == null ? null : seconds(status, start));
    line = with(line, "digest", status.digest());
    return with(line, "failure", failure);
  }

  private static LoggingEventBuilder with(
      LoggingEventBuilder line, String key, @Nullable Object value) {
    return value == null ? line : line.addKeyValue(key, value);
  }

  private static String started(StreamStatus status) {
    Instant startedAt = status.startedAt();
    if (startedAt == null) {
      return "";
    }
    String after = " after %.3f s".formatted(seconds(status, startedAt));
    return status.state().ended() ? after + ", since " + startedAt : after;
  }

  private static double seconds(StreamStatus status, Instant startedAt) {
    Instant until = Objects.requireNonNullElseGet(status.endedAt(), Instant::now);
    return Duration.between(startedAt, until).toMillis() / 1000.0;
  }
}
