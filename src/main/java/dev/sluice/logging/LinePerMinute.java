package dev.sluice.logging;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one line of a kind a minute be logged: clients can cause any number, and must not flood the
 * log. A line tells how many were left out before it. Thread-safe.
 */
public final class LinePerMinute {

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private boolean begun;
  private long at;
  private long leftOut;

  /** None was logged yet. */
  public LinePerMinute() {
    this(System::nanoTime);
  }

  /**
   * None was logged yet.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public LinePerMinute(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Takes the line of this minute.
   *
   * @return what the line has to end with; null if it may not be logged
   */
  public synchronized @Nullable String take() {
    long now = nanoTime.getAsLong();
    if (begun && now - at < MINUTE) {
      leftOut++;
      return null;
    }
    String before =
        leftOut == 0 ? "" : " (and %d times more since the last such line)".formatted(leftOut);
    begun = true;
    at = now;
    leftOut = 0;
    return before;
  }
}
