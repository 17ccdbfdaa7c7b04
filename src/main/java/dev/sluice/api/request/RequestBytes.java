package dev.sluice.api.request;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;

/** Reads the body of a request, which has to be short. */
public final class RequestBytes {

  /** The maximum length in bytes. No sensible request is longer: a path has at most 4096 bytes. */
  public static final int MAX = 64 * 1024;

  private RequestBytes() {}

  /**
   * Returns the whole body.
   *
   * @throws ProblemException if it is longer than {@link #MAX}, or incomplete
   */
  public static byte[] of(InputStream body) {
    byte[] bytes;
    try {
      bytes = body.readNBytes(MAX + 1);
    } catch (IOException e) {
      throw new ProblemException(ProblemType.UNREADABLE_BODY, "the body did not arrive whole");
    }
    if (bytes.length > MAX) {
      throw new ProblemException(
          ProblemType.BODY_TOO_LONG,
          "the body is too long; expected at most %d bytes".formatted(MAX));
    }
    return bytes;
  }
}
