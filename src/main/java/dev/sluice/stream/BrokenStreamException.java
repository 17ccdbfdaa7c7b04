package dev.sluice.stream;

import java.io.IOException;

/** What breaks a stream for good: its peer has gone, or a clock ran out. Ends as FAILED. */
sealed class BrokenStreamException extends IOException permits TimedOutException {

  private static final long serialVersionUID = 1L;

  BrokenStreamException(String message) {
    super(message);
  }

  static BrokenStreamException peerGone() {
    return new BrokenStreamException("the peer closed its end");
  }
}
