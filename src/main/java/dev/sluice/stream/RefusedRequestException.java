package dev.sluice.stream;

import java.io.IOException;

/** The stream cannot serve this request. The stream and the connection continue. */
public final class RefusedRequestException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was requested, what is possible, and where the stream is
   */
  public RefusedRequestException(String message) {
    super(message);
  }
}
