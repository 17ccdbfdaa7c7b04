package dev.sluice.stream.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Slow;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RangesTest {

  private static final int LENGTH = 64;

  @Test
  @Slow("Tries many inputs.")
  void agreesWithASetOfBits() {
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      Ranges ranges = new Ranges();
      BitSet bits = new BitSet();
      for (int step = 0; step < 40; step++) {
        int from = random.nextInt(LENGTH);
        int to = from + random.nextInt(LENGTH - from);
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3, 4 -> {
            ranges.add(from, to);
            bits.set(from, to);
          }
          case 5, 6, 7, 8 -> {
            ranges.remove(from, to);
            bits.clear(from, to);
          }
          default -> {
            if (random.nextInt(10) == 0) {
              ranges.collapseAbove(0);
              if (!bits.isEmpty()) {
                bits.set(bits.nextSetBit(0), bits.length());
              }
            }
          }
        }
        assertAgrees(seed, ranges, bits);
      }
    }
  }

  private static void assertAgrees(long seed, Ranges ranges, BitSet bits) {
    assertThat(ranges.isEmpty()).as("seed %d", seed).isEqualTo(bits.isEmpty());
    int runs = 0;
    for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bits.nextClearBit(bit))) {
      runs++;
    }
    assertThat(ranges.size()).as("seed %d", seed).isEqualTo(runs);
    if (runs > 0) {
      int first = bits.nextSetBit(0);
      assertThat(ranges.first()).as("seed %d", seed).isEqualTo(first);
      assertThat(ranges.firstEnd()).as("seed %d", seed).isEqualTo(bits.nextClearBit(first));
    }
    assertThat(ranges.bytes()).as("seed %d", seed).isEqualTo(bits.cardinality());
    for (int offset = 0; offset < LENGTH; offset++) {
      boolean one = ranges.overlaps(offset, offset + 1) == bits.get(offset);
      boolean rest = ranges.overlaps(offset, LENGTH) == (bits.nextSetBit(offset) >= 0);
      boolean all = ranges.covers(offset, LENGTH) == (bits.nextClearBit(offset) >= LENGTH);
      if (!one || !rest || !all) {
        throw new AssertionError("seed %d: offset %d of %s".formatted(seed, offset, bits));
      }
    }
  }

  @Test
  void setsAreAddedTakenOffAndCompared() {
    for (long seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      BitSet bits = new BitSet();
      BitSet otherBits = new BitSet();
      Ranges ranges = randomRanges(random, bits);
      Ranges others = randomRanges(random, otherBits);
      BitSet missing = (BitSet) otherBits.clone();
      missing.andNot(bits);
      assertThat(ranges.coversAll(others)).as("seed %d", seed).isEqualTo(missing.isEmpty());
      int from = random.nextInt(LENGTH);
      BitSet part = (BitSet) bits.clone();
      part.clear(0, from);
      part.clear(from + 10, 2 * LENGTH);
      assertAgrees(seed, ranges.between(from, from + 10), part);
      if (random.nextBoolean()) {
        ranges.addAll(others);
        bits.or(otherBits);
      } else {
        ranges.removeAll(others);
        bits.andNot(otherBits);
      }
      assertAgrees(seed, ranges, bits);
    }
  }

  private static Ranges randomRanges(Random random, BitSet bits) {
    Ranges ranges = new Ranges();
    for (int i = random.nextInt(8); i > 0; i--) {
      int from = random.nextInt(LENGTH);
      int to = from + random.nextInt(Math.min(20, LENGTH - from));
      ranges.add(from, to);
      bits.set(from, to);
    }
    return ranges;
  }

  @Test
  void anEmptyRangeAddsAndOverlapsNothing() {
    Ranges ranges = new Ranges();
    ranges.add(5, 5);
    assertThat(ranges.isEmpty()).isTrue();
    ranges.add(0, 10);
    assertThat(ranges.overlaps(5, 5)).isFalse();
    assertThat(ranges.overlaps(10, 11)).isFalse();
  }

  @Test
  void offsetsBeyondTheReachOfAnIntAreKeptApart() {
    Ranges ranges = new Ranges();
    ranges.add(Long.MAX_VALUE - 10, Long.MAX_VALUE);
    ranges.add(0, 1);
    assertThat(ranges.size()).isEqualTo(2);
    assertThat(ranges.overlaps(1, Long.MAX_VALUE - 10)).isFalse();
    assertThat(ranges.overlaps(1, Long.MAX_VALUE - 9)).isTrue();
  }
}
