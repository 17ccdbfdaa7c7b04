package dev.sluice.stream;

import java.io.IOException;

/**
 * Keeps a stream to a number of bytes per second: a token bucket that holds a quarter of a second,
 * so that any ten seconds have at most 2.5 % more than their share. Any thread may change the
 * limit; the stream's turn guards the rest.
 */
final class Pace {

  /** Bytes go in parts of so much of a second, so that waits are few and short. */
  private static final int PARTS_PER_SECOND = 20;

  private static final double BURST_SECONDS = 0.25;

  /** A change of the limit is heeded within this time. */
  private static final int MAX_PAUSE_MILLIS = 500;

  private final Deadline idle;
  private volatile long limit;
  private double tokens;
  private long filledAt = System.nanoTime();

  /**
   * A pace.
   *
   * @param limit bytes per second, or 0 for no limit
   * @param idle what does not count while bytes are held back here
   */
  Pace(long limit, Deadline idle) {
    this.limit = limit;
    this.idle = idle;
  }

  void limit(long bytesPerSecond) {
    limit = bytesPerSecond;
  }

  /** Waits until some bytes may go: how many, from 1 to what is wanted. */
  long allow(Client client, long wanted) throws IOException {
    while (true) {
      long rate = limit;
      if (rate == 0) {
        return wanted;
      }
      fill(rate);
      long part = Math.min(wanted, Math.max(1, rate / PARTS_PER_SECOND));
      if (tokens >= part) {
        return Math.min(wanted, (long) tokens);
      }
      long millis = (long) Math.ceil((part - tokens) * 1000 / rate);
      idle.restart();
      client.waiter().pause(-1, (int) Math.min(millis, MAX_PAUSE_MILLIS), idle);
      idle.restart();
    }
  }

  /** So many bytes went. */
  void took(long bytes) {
    tokens = limit == 0 ? 0 : tokens - bytes;
  }

  private void fill(long rate) {
    long now = System.nanoTime();
    double most = Math.max(1, rate * BURST_SECONDS);
    tokens = Math.min(most, tokens + (now - filledAt) / 1e9 * rate);
    filledAt = now;
  }
}
