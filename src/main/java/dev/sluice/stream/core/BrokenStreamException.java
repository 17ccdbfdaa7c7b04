package dev.sluice.stream.core;

import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import java.io.IOException;

/**
 * The peer has gone, or something happened that breaks the stream for good. The stream ends as
 * FAILED.
 */
public final class BrokenStreamException extends IOException {

  private static final long serialVersionUID = 1L;

  public BrokenStreamException(String message) {
    super(message);
  }

  public static BrokenStreamException peerGone() {
    return new BrokenStreamException("the peer closed its end");
  }

  /** Returns whether a call on an endpoint failed because its peer has gone. */
  public static boolean isByPeer(ErrnoException e) {
    return e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET;
  }
}
