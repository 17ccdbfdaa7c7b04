package dev.sluice.stream.core;

import java.util.function.LongSupplier;

/**
 * Keeps a stream to a number of bytes per second: a token bucket that holds a quarter of a second.
 * Any ten seconds exceed the limit by 2.5 % at most, and a wait that ends late by less than the
 * bucket costs nothing. It never waits itself. Any thread may change the limit. The request lock
 * guards the rest.
 */
public final class RateLimiter {

  /** Parts of a second in which bytes are let through, so that waits are few and short. */
  private static final int PARTS_PER_SECOND = 20;

  private static final double BURST_SECONDS = 0.25;

  /** Longest pause, and so the longest time until a change of the limit takes effect. */
  private static final int MAX_PAUSE_MILLIS = 500;

  private final LongSupplier nanoTime;
  private volatile long limit;
  private double tokens;
  private long filledAt;

  /**
   * Creates a limiter with an empty bucket.
   *
   * @param limit bytes per second, or 0 for no limit
   * @param nanoTime a clock in nanoseconds that never goes back
   */
  RateLimiter(long limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.filledAt = nanoTime.getAsLong();
  }

  void limit(long bytesPerSecond) {
    limit = bytesPerSecond;
  }

  /** Returns how many bytes may pass now; 0 if they are too few to be worth a step. */
  public long allowedNow(long wanted) {
    long rate = limit;
    if (rate == 0) {
      return wanted;
    }
    fill(rate);
    return tokens < part(wanted, rate) ? 0 : Math.min(wanted, (long) tokens);
  }

  /** Returns how long to pause before the next {@link #allowedNow}, in milliseconds, at least 1. */
  public int pauseMillis(long wanted) {
    long rate = Math.max(1, limit);
    double millis = Math.ceil((part(wanted, rate) - tokens) * 1000 / rate);
    return (int) Math.clamp(millis, 1, MAX_PAUSE_MILLIS);
  }

  /** Takes tokens for bytes that have passed. */
  void took(long bytes) {
    tokens = limit == 0 ? 0 : tokens - bytes;
  }

  private static long part(long wanted, long rate) {
    return Math.min(wanted, Math.max(1, rate / PARTS_PER_SECOND));
  }

  private void fill(long rate) {
    long now = nanoTime.getAsLong();
    double most = Math.max(1, rate * BURST_SECONDS);
    tokens = Math.min(most, tokens + (now - filledAt) / 1e9 * rate);
    filledAt = now;
  }
}
