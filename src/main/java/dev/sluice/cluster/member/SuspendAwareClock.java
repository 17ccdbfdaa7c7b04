package dev.sluice.cluster.member;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Nanoseconds that go on while the machine is suspended, of which the clock of Java knows nothing:
 * then the time of day has gone on by more. Whoever sets the time of day forward has it leap, too.
 * Thread-safe.
 */
public final class SuspendAwareClock implements LongSupplier {

  /** Less than this is how clocks are kept right. */
  private static final Duration LEAP = Duration.ofMillis(500);

  private final LongSupplier nanos;
  private final InstantSource day;

  /** How much it is ahead of the other clock. */
  private long ahead;

  private long lastNanos;
  private Instant lastDay;

  /**
   * A clock by two others.
   *
   * @param nanos stands still with the machine
   * @param day is right when the machine is awake again
   */
  public SuspendAwareClock(LongSupplier nanos, InstantSource day) {
    this.nanos = nanos;
    this.day = day;
    lastNanos = nanos.getAsLong();
    lastDay = day.instant();
  }

  @Override
  public synchronized long getAsLong() {
    long now = nanos.getAsLong();
    Instant today = day.instant();
    Duration leap = Duration.between(lastDay, today).minusNanos(now - lastNanos);
    if (leap.compareTo(LEAP) >= 0) {
      ahead += leap.toNanos();
    }
    lastNanos = now;
    lastDay = today;
    return now + ahead;
  }
}
