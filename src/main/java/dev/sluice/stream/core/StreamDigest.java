package dev.sluice.stream.core;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 digest of a stream's bytes up to its position. Guarded by the request lock, except
 * the value, which any thread may read.
 */
final class StreamDigest implements ByteTap {

  private static final byte[] ZEROES = new byte[64 * 1024];

  private final MessageDigest digest;
  private volatile @Nullable String value;

  StreamDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
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

  /** Finishes the digest. Idempotent. */
  void end() {
    if (value == null) {
      value = HexFormat.of().formatHex(digest.digest());
    }
  }

  /** Returns the digest in hexadecimal, as sha256sum prints it; null before {@link #end}. */
  @Nullable String value() {
    return value;
  }
}
