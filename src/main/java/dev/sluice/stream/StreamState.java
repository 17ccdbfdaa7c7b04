package dev.sluice.stream;

/** The state of a stream. */
public enum StreamState {
  /** Nothing irrevocable has happened: at most the head was written or read. */
  WAITING(false),
  /** Bytes move, and a client is attached. */
  STREAMING(false),
  /** The last client left before the end. Another client may continue from the position. */
  INTERRUPTED(false),
  /** Every byte was delivered in order and the far end has seen the end of the stream. */
  COMPLETED(true),
  /** The stream ended before all bytes were delivered. The status has the reason. */
  FAILED(true),
  /** It was deleted on request. */
  CANCELLED(true);

  private final boolean ended;

  StreamState(boolean ended) {
    this.ended = ended;
  }

  /** Returns whether this state is final. */
  public boolean ended() {
    return ended;
  }
}
