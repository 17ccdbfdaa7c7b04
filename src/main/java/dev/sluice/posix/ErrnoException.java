package dev.sluice.posix;

import java.io.IOException;

/** A Linux call that failed; the message is the call's name and the C library's text. */
public final class ErrnoException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int errno;

  ErrnoException(String call, int errno) {
    super(call + ": " + Errno.describe(errno));
    this.errno = errno;
  }

  /** The error number, one of {@link Errno}'s constants or another that Linux defines. */
  public int errno() {
    return errno;
  }
}
