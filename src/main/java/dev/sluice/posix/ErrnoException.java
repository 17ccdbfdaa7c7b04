package dev.sluice.posix;

import java.io.IOException;

/**
 * A Linux call that failed; the message is the call's name and the C library's text. Most are
 * expected, and nobody asks for their text.
 */
public final class ErrnoException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  ErrnoException(String call, int errno) {
    this.call = call;
    this.errno = errno;
  }

  /** The error number, one of {@link Errno}'s constants or another that Linux defines. */
  public int errno() {
    return errno;
  }

  @Override
  public String getMessage() {
    return call + ": " + Errno.describe(errno);
  }
}
