package dev.sluice.stream.core;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * How many bytes went in the last ten seconds, counted by the half second. Whoever moves bytes adds
 * them; anybody may look.
 */
final class Throughput {

  private static final long PART_NANOS = 500_000_000;

  /** The last of them is not over. */
  private static final int PARTS = 20;

  /** What a shorter time tells is an accident. */
  private static final long LEAST_NANOS = 1_000_000_000;

  private static final double NANOS_PER_SECOND = 1e9;

  private final LongSupplier nanoTime;
  private final long[] bytes = new long[PARTS];

  /** Which half second each of them is of, since the first byte. */
  private final long[] parts = new long[PARTS];

  private boolean begun;
  private long begunAt;

  /**
   * Nothing has moved yet.
   *
   * @param nanoTime a clock in nanoseconds that never goes back
   */
  Throughput(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    Arrays.fill(parts, -1);
  }

  /** So many bytes went. */
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

  /** Bytes per second, over less than ten seconds if it began then; empty in the first second. */
  synchronized OptionalLong perSecond() {
    long elapsed = begun ? nanoTime.getAsLong() - begunAt : 0;
    if (elapsed < LEAST_NANOS) {
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
