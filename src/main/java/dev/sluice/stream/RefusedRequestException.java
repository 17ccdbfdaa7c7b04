package dev.sluice.stream;

import java.io.IOException;

/** One request that this stream cannot serve; the stream and the connection go on. */
public final class RefusedRequestException extends IOException {

  private static final long serialVersionUID = 1L;

  /** The message says what was asked, what is possible, and where the stream is. */
  public RefusedRequestException(String message) {
    super(message);
  }
}
