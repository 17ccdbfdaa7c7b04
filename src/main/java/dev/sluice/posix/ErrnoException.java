package dev.sluice.posix;

import java.io.IOException;

/**
 * A failed Linux call. The message is the name of the call and the C library's text, which is only
 * built when it is asked for, because most failures are expected.
 */
public final class ErrnoException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  ErrnoException(String call, int errno) {
    this.call = call;
    this.errno = errno;
  }

  /** Returns the error number: a constant of {@link Errno}, or another that Linux defines. */
  public int errno() {
    return errno;
  }

  @Override
  public String getMessage() {
    return call + ": " + Errno.describe(errno);
  }
}
