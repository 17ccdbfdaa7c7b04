package dev.sluice.cluster.member;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A nanosecond clock that includes time in which the machine was suspended, when {@link
 * System#nanoTime} stands still. It detects that by the time of day, so setting the time of day
 * forward also moves it. Thread-safe.
 */
public final class SuspendAwareClock implements LongSupplier {

  /** Smaller differences come from clock synchronization. */
  private static final Duration LEAP = Duration.ofMillis(500);

  private final LongSupplier nanos;
  private final InstantSource day;

  /** How far this is ahead of the nanosecond clock. */
  private long ahead;

  private long lastNanos;
  private Instant lastDay;

  /**
   * Creates a clock.
   *
   * @param nanos a nanosecond clock that stands still while the machine is suspended
   * @param day the time of day, which is right after that
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
