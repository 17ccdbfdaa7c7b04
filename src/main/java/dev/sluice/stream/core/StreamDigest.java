package dev.sluice.stream.core;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 digest of a stream's bytes up to its position. The stream's lock guards it, except
 * for the value.
 */
final class StreamDigest implements ByteTap {

  private static final byte[] ZEROES = new byte[64 * 1024];

  private final MessageDigest digest;
  private volatile @Nullable String value;

  StreamDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  @Override
  public void add(MemorySegment bytes) {
    digest.update(bytes.asByteBuffer());
  }

  @Override
  public void addZeroes(long count) {
    for (long left = count; left > 0; left -= ZEROES.length) {
      digest.update(ZEROES, 0, (int) Math.min(left, ZEROES.length));
    }
  }

  /** No more bytes come. Idempotent. */
  void end() {
    if (value == null) {
      value = HexFormat.of().formatHex(digest.digest());
    }
  }

  /** In hexadecimal, as sha256sum prints it; null before the end. */
  @Nullable String value() {
    return value;
  }
}
