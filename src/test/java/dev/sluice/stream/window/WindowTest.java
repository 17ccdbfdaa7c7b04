package dev.sluice.stream.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.StreamSettings;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class WindowTest {

  private final WindowMemory.Account memory = new WindowMemory(Long.MAX_VALUE).open(Long.MAX_VALUE);

  private static final int LENGTH = 80;
  private static final byte NOTHING = 0;
  private static final byte ZERO = 1;
  private static final byte DATA = 2;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  /** The simple model: what every offset holds, and of which kind it is. */
  private static final class Model {
    private final byte[] bytes = new byte[LENGTH];
    private final byte[] kinds = new byte[LENGTH];

    void put(int from, byte[] data, byte kind) {
      for (int i = 0; i < data.length; i++) {
        bytes[from + i] = data[i];
        if (kinds[from + i] != DATA) {
          kinds[from + i] = kind;
        }
      }
    }

    void dropBelow(int offset) {
      Arrays.fill(bytes, 0, offset, (byte) 0);
      Arrays.fill(kinds, 0, offset, NOTHING);
    }

    int count(int from, int to, byte kind) {
      int count = 0;
      for (int i = from; i < to; i++) {
        count += kinds[i] == kind ? 1 : 0;
      }
      return count;
    }

    int contiguousEnd(int from) {
      int end = from;
      while (end < LENGTH && kinds[end] != NOTHING) {
        end++;
      }
      return end;
    }

    int first() {
      int first = 0;
      while (first < LENGTH && kinds[first] == NOTHING) {
        first++;
      }
      return first;
    }

    int end() {
      int end = LENGTH;
      while (end > 0 && kinds[end - 1] == NOTHING) {
        end--;
      }
      return end;
    }
  }

  @Test
  @Slow("Tries many inputs.")
  void agreesWithASimpleModel() throws IOException {
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      Model model = new Model();
      try (Window window = window()) {
        for (int step = 0; step < 40; step++) {
          step(random, window, model);
          assertAgrees("seed " + seed + ", step " + step, random, window, model);
        }
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private void step(Random random, Window window, Model model) throws IOException {
    int from = random.nextInt(LENGTH);
    int to = from + random.nextInt(1 + random.nextInt(LENGTH - from));
    switch (random.nextInt(9)) {
      case 0, 1, 2, 3 -> {
        byte[] data = new byte[to - from];
        random.nextBytes(data);
        window.store(pocket(), from, to, filler(data));
        model.put(from, data, DATA);
      }
      case 4, 5, 6 -> {
        window.storeZeroes(from, to);
        model.put(from, new byte[to - from], ZERO);
      }
      case 7 -> {
        int below = random.nextInt(1 + from / 2);
        window.dropBelow(below);
        model.dropBelow(below);
      }
      default -> {
        if (random.nextInt(3) == 0) {
          window.close();
          model.dropBelow(LENGTH);
        }
      }
    }
  }

  private static Window.Filler filler(byte[] data) {
    MemorySegment source = MemorySegment.ofArray(data);
    long[] at = new long[1];
    return into -> {
      into.copyFrom(source.asSlice(at[0], into.byteSize()));
      at[0] += into.byteSize();
    };
  }

  private static void assertAgrees(String when, Random random, Window window, Model model) {
    int from = random.nextInt(LENGTH);
    int to = from + random.nextInt(LENGTH - from);
    byte[] copy = new byte[to - from];
    window.copy(from, MemorySegment.ofArray(copy));
    assertThat(copy).as(when).isEqualTo(Arrays.copyOfRange(model.bytes, from, to));
    assertThat(window.contiguousEnd(from)).as(when).isEqualTo(model.contiguousEnd(from));
    assertThat(window.bytesFor(from, to))
        .as(when)
        .isEqualTo(to - from - model.count(from, to, DATA));
    assertThat(window.end()).as(when).isEqualTo(model.end());
    assertThat(window.isEmpty()).as(when).isEqualTo(model.end() == 0);
    assertThat(window.hasData()).as(when).isEqualTo(model.count(0, LENGTH, DATA) > 0);
    // A range that was dropped in part keeps all of its memory.
    assertThat(window.buffered()).as(when).isGreaterThanOrEqualTo(model.count(0, LENGTH, DATA));
    assertThat(window.buffered()).as(when).isEqualTo(NativeBuffer.bytesInUse());
    if (!window.isEmpty()) {
      assertFirstAgrees(when, window.first(), model);
    }
  }

  private static void assertFirstAgrees(String when, WindowRange first, Model model) {
    assertThat(first.offset()).as(when).isEqualTo(model.first());
    assertThat(first.end()).as(when).isBetween(first.offset() + 1, (long) LENGTH);
    MemorySegment data = first.data();
    byte kind = data == null ? ZERO : DATA;
    int from = (int) first.offset();
    int to = (int) first.end();
    assertThat(model.count(from, to, kind)).as(when).isEqualTo(to - from);
    if (data != null) {
      assertThat(data.toArray(ValueLayout.JAVA_BYTE))
          .as(when)
          .isEqualTo(Arrays.copyOfRange(model.bytes, from, to));
    }
  }

  @Test
  void manySmallZeroesNextToEachOtherAreOneRange() {
    try (Window window = window()) {
      for (int i = 0; i < 1_000; i++) {
        window.storeZeroes(2 * i, 2 * i + 1);
      }
      assertThat(window.size()).isEqualTo(1_000);
      for (int i = 0; i < 1_000; i++) {
        window.storeZeroes(2 * i + 1, 2 * i + 2);
      }
      assertThat(window.size()).isEqualTo(1);
    }
  }

  @Test
  void dataWhoseFillingFailsIsNotKept() {
    try (Window window = window()) {
      assertThatThrownBy(
              () ->
                  window.store(
                      pocket(),
                      10,
                      20,
                      into -> {
                        throw new IOException("gone");
                      }))
          .hasMessage("gone");
      assertThat(window.isEmpty()).isTrue();
      assertThat(window.buffered()).isZero();
    }
  }

  @Test
  void zeroesAtTheLargestOffsetsAreKept() {
    try (Window window = window()) {
      window.storeZeroes(StreamSettings.UNKNOWN_SIZE - 10, StreamSettings.UNKNOWN_SIZE);
      assertThat(window.end()).isEqualTo(StreamSettings.UNKNOWN_SIZE);
      assertThat(window.contiguousEnd(StreamSettings.UNKNOWN_SIZE - 5))
          .isEqualTo(StreamSettings.UNKNOWN_SIZE);
    }
  }

  private Window window() {
    return new Window(memory, 0);
  }

  private WindowMemory.Pocket pocket() {
    WindowMemory.Pocket pocket = memory.pocket();
    assertThat(pocket.fill(LENGTH)).isTrue();
    return pocket;
  }
}
