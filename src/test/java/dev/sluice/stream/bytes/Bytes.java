package dev.sluice.stream.bytes;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Data for tests. */
final class Bytes {

  private Bytes() {}

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    return bytes;
  }

  static byte[] part(byte[] of, long from, long to) {
    return Arrays.copyOfRange(of, Math.toIntExact(from), Math.toIntExact(to));
  }
}
