package dev.sluice.server.session;

import dev.sluice.nbd.transmission.Dialect;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;

/**
 * What a fuzzed session is about: the meaning of the input's first bytes.
 *
 * @param piece how many bytes the client's system gives at a time
 */
record FuzzCase(
    Dialect dialect, Direction direction, int size, int reorderWindow, int headWindow, int piece) {

  /** How many bytes it takes. */
  static final int LENGTH = 3;

  private static final int[] SIZES = {4096, 1, 513, 70_000};
  private static final int[] WINDOWS = {0, 600, 1 << 16, 1 << 20};
  private static final byte[] SOURCE = new byte[70_000];

  static {
    new Random(7).nextBytes(SOURCE);
  }

  static FuzzCase of(byte[] input) {
    int windows = input[1];
    return new FuzzCase(
        Dialect.values()[Math.floorMod(input[0] & 3, Dialect.values().length)],
        (input[0] & 4) == 0 ? Direction.WRITE : Direction.READ,
        SIZES[input[0] >> 3 & 3],
        WINDOWS[windows & 3],
        Math.min(WINDOWS[windows >> 2 & 3], 1 << 16),
        1 + Byte.toUnsignedInt(input[2]));
  }

  static byte[] conversation(byte[] input) {
    return Arrays.copyOfRange(input, LENGTH, input.length);
  }

  StreamSettings settings() {
    Timeouts timeouts =
        Timeouts.of(Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ZERO, Duration.ZERO);
    return StreamSettings.of(OptionalLong.of(size), reorderWindow, headWindow, timeouts);
  }

  /** What the peer of a read export gives. */
  byte[] source() {
    return Arrays.copyOf(SOURCE, size);
  }

  /** The size that the client sees. */
  int advertisedSize() {
    return (size + 511) / 512 * 512;
  }
}
