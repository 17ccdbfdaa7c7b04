package dev.sluice.server;

import dev.sluice.export.ClientIdentity;
import dev.sluice.export.LogContext;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns that a limit was reached, in one line a minute for each limit: clients can cause any
 * number, and must not flood the log. A line tells how many were left out before it. Thread-safe.
 */
final class LimitLog {

  private static final Logger log = LoggerFactory.getLogger(LimitLog.class);

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** What was said of one limit; guarded by the map that holds it. */
  private static final class Last {
    private long at;
    private long leftOut;
  }

  private final LongSupplier nanoTime;
  private final Map<Limit, Last> lines = new EnumMap<>(Limit.class);

  /** Nothing was said yet. */
  LimitLog() {
    this(System::nanoTime);
  }

  LimitLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A client was refused.
   *
   * @param what that it has reached, with the limit and its key
   */
  void reached(Limit limit, ClientIdentity client, String what) {
    String before = leftOutBefore(limit);
    if (before != null) {
      log.warn(
          "A client from {} is refused: {}{}",
          LogContext.oneLine(client.toString()),
          LogContext.oneLine(what),
          before);
    }
  }

  /** How many lines were left out, for the end of one that may be logged; null if it may not. */
  private @Nullable String leftOutBefore(Limit limit) {
    long now = nanoTime.getAsLong();
    synchronized (lines) {
      Last last = lines.get(limit);
      if (last == null) {
        last = new Last();
        lines.put(limit, last);
      } else if (now - last.at < MINUTE) {
        last.leftOut++;
        return null;
      }
      String before =
          last.leftOut == 0
              ? ""
              : " (and %d times more since the last such line)".formatted(last.leftOut);
      last.at = now;
      last.leftOut = 0;
      return before;
    }
  }
}
