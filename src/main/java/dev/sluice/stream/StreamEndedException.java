package dev.sluice.stream;

import java.io.IOException;

/** The stream has ended, so that no request can be served any more. */
public final class StreamEndedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final StreamState state;

  public StreamEndedException(StreamState state, String message) {
    super(message);
    this.state = state;
  }

  /** How the stream ended. */
  public StreamState state() {
    return state;
  }
}
