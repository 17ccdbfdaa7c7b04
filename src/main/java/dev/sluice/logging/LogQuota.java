package dev.sluice.logging;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits log lines of one kind to {@value #LINES} a minute, because clients can cause any number.
 * Thread-safe.
 */
public final class LogQuota {

  /** The most lines in a minute. */
  public static final int LINES = 20;

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private long since;
  private int taken;

  /** Creates a full quota. */
  public LogQuota() {
    this(System::nanoTime);
  }

  LogQuota(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /**
   * Takes one line of this minute.
   *
   * @return the text to append to the line, which is empty except for the last one; null if the
   *     line must not be logged
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
