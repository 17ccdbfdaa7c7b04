package dev.sluice.logging;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many lines of a kind may be logged in a minute: clients can cause any number, and must not
 * flood the log. Thread-safe.
 */
public final class LogQuota {

  /** The lines of a minute. */
  public static final int LINES = 20;

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private long since;
  private int taken;

  /** All of the first minute's lines may still be logged. */
  public LogQuota() {
    this(System::nanoTime);
  }

  LogQuota(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /**
   * Takes one of the minute's lines.
   *
   * @return what the line has to end with, which is nothing except for the last; null if it may not
   *     be logged
   */
  public synchronized @Nullable String take() {
    long now = nanoTime.getAsLong();
    if (now - since >= MINUTE) {
      since = now;
      taken = 0;
    }
    if (taken == LINES) {
      return null;
    }
    taken++;
    return taken < LINES ? "" : " (no more such lines of this export for a minute)";
  }
}
