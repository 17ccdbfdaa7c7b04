package dev.sluice.stream.core;

import java.util.function.LongSupplier;

/**
 * Keeps a stream to a number of bytes per second: a token bucket that holds a quarter of a second,
 * so that any ten seconds have at most 2.5 % more than their share, and waits that end late by less
 * than that cost nothing. It does not wait itself. Any thread may change the limit; the stream's
 * lock guards the rest.
 */
public final class RateLimiter {

  /** Bytes go in parts of so much of a second, so that waits are few and short. */
  private static final int PARTS_PER_SECOND = 20;

  private static final double BURST_SECONDS = 0.25;

  /** A change of the limit takes effect within this time. */
  private static final int MAX_PAUSE_MILLIS = 500;

  private final LongSupplier nanoTime;
  private volatile long limit;
  private double tokens;
  private long filledAt;

  /**
   * A limiter with no permits yet.
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

  /** How many bytes may go now: none as long as they are less than a part that is worth it. */
  public long allowedNow(long wanted) {
    long rate = limit;
    if (rate == 0) {
      return wanted;
    }
    fill(rate);
    return tokens < part(wanted, rate) ? 0 : Math.min(wanted, (long) tokens);
  }

  /** How long it takes until some may go, or a while of that, in milliseconds; at least 1. */
  public int pauseMillis(long wanted) {
    long rate = Math.max(1, limit);
    double millis = Math.ceil((part(wanted, rate) - tokens) * 1000 / rate);
    return (int) Math.clamp(millis, 1, MAX_PAUSE_MILLIS);
  }

  /** This many bytes went. */
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
