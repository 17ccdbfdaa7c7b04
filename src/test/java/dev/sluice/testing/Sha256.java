package dev.sluice.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest by which tests compare what came with what was sent. */
public final class Sha256 {

  private static final int BUFFER_BYTES = 256 * 1024;

  private final MessageDigest digest;

  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public void update(byte[] bytes, int count) {
    digest.update(bytes, 0, count);
  }

  /** The digest of everything so far, in hexadecimal; it starts anew then. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The digest of a whole file. */
  public static String of(Path file) {
    return of(file, 0, Long.MAX_VALUE);
  }

  /** The digest of so many bytes of a file from an offset on, or of fewer if it is shorter. */
  public static String of(Path file, long offset, long count) {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(offset);
      Sha256 sum = new Sha256();
      byte[] buffer = new byte[BUFFER_BYTES];
      long left = count;
      while (left > 0) {
        int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (n < 0) {
          break;
        }
        sum.update(buffer, n);
        left -= n;
      }
      return sum.hex();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
