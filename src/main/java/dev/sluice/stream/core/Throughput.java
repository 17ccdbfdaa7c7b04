package dev.sluice.stream.core;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Measures bytes per second over the last ten seconds, in slots of half a second. Thread-safe. */
final class Throughput {

  private static final long PART_NANOS = 500_000_000;

  /** Slots. The newest one is still being filled. */
  private static final int PARTS = 20;

  /** The shortest time that gives a meaningful rate. */
  private static final long MIN_NANOS = 1_000_000_000;

  private static final double NANOS_PER_SECOND = 1e9;

  private final LongSupplier nanoTime;
  private final long[] bytes = new long[PARTS];

  /** The half second that each slot belongs to, counted from the first byte; -1 for none. */
  private final long[] parts = new long[PARTS];

  private boolean begun;
  private long begunAt;

  /**
   * Creates a measurement without any bytes.
   *
   * @param nanoTime a clock in nanoseconds that never goes back
   */
  Throughput(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    Arrays.fill(parts, -1);
  }

  /** Counts bytes that have passed now. */
  synchronized void add(long count) {
    long now = nanoTime.getAsLong();
    if (!begun) {
      begun = true;
      begunAt = now;
    }
    long part = (now - begunAt) / PART_NANOS;
    int slot = (int) (part % PARTS);
    if (parts[slot] != part) {
      parts[slot] = part;
      bytes[slot] = 0;
    }
    bytes[slot] += count;
  }

  /**
   * Returns bytes per second over the last ten seconds, or since the first byte; empty in the first
   * second.
   */
  synchronized OptionalLong perSecond() {
    long elapsed = begun ? nanoTime.getAsLong() - begunAt : 0;
    if (elapsed < MIN_NANOS) {
      return OptionalLong.empty();
    }
    long oldest = Math.max(0, elapsed / PART_NANOS - PARTS + 1);
    long sum = 0;
    for (int slot = 0; slot < PARTS; slot++) {
      sum += parts[slot] >= oldest ? bytes[slot] : 0;
    }
    return OptionalLong.of((long) (sum * NANOS_PER_SECOND / (elapsed - oldest * PART_NANOS)));
  }
}
