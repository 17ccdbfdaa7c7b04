package dev.sluice.logging;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits log lines of one kind to one a minute, because clients can cause any number. A line says
 * how many were left out before it. Thread-safe.
 */
public final class LinePerMinute {

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private boolean begun;
  private long at;
  private long leftOut;

  /** Creates a limit that uses the system's clock. */
  public LinePerMinute() {
    this(System::nanoTime);
  }

  /**
   * Creates a limit.
   *
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public LinePerMinute(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Takes the line of this minute.
   *
   * @return the text to append to the line; null if the line must not be logged
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
