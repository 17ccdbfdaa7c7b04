package dev.sluice.server.handshake;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How fast all handshakes together have options answered that no ordinary client sends. Whoever
 * asks for thousands of lists waits in a queue with others who do, and the processors are left to
 * streams. Thread-safe.
 */
public final class OptionPace {

  /** So many options of each handshake are answered at once. */
  public static final int FREE = 64;

  private final long nanosEach;
  private final LongSupplier nanoTime;

  /** When the next option's turn comes. Guarded by this. */
  private long next;

  /**
   * A pace.
   *
   * @param perSecond how many options are answered in a second, at least 1
   * @param nanoTime a clock
   */
  public OptionPace(int perSecond, LongSupplier nanoTime) {
    this.nanosEach = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.nanoTime = nanoTime;
    this.next = nanoTime.getAsLong();
  }

  /** So many were answered: how long their sender is not listened to, in nanoseconds. */
  synchronized long pauseAfter(int options) {
    long now = nanoTime.getAsLong();
    next = (next - now > 0 ? next : now) + options * nanosEach;
    return next - now;
  }
}
