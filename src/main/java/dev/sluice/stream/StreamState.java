package dev.sluice.stream;

/** Where a stream is in its life. */
public enum StreamState {
  /** Nothing irrevocable has happened: at most the stream's head was written or read. */
  WAITING(false),
  /** Bytes move, and a client is attached. */
  STREAMING(false),
  /** The last client left before the end; another may go on from the position. */
  INTERRUPTED(false),
  /** Every byte was delivered in order and the far end has seen the end of the stream. */
  COMPLETED(true),
  /** It ended before all bytes were delivered, and says why. */
  FAILED(true),
  /** It was deleted on request. */
  CANCELLED(true);

  private final boolean ended;

  StreamState(boolean ended) {
    this.ended = ended;
  }

  /** Whether this state is final. */
  public boolean ended() {
    return ended;
  }
}
