package dev.sluice.stream;

import java.io.IOException;

/** The stream has ended, and no request can be served. */
public final class StreamEndedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final StreamState state;

  public StreamEndedException(StreamState state, String message) {
    super(message);
    this.state = state;
  }

  /** Returns the final state; the current one if the export is being finished. */
  public StreamState state() {
    return state;
  }
}
