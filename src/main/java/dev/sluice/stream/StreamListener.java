package dev.sluice.stream;

/**
 * Hears of a stream's changes; called from whichever thread caused them. It must not wait, except
 * for a disk where that is said.
 */
public interface StreamListener {

  /**
   * The first byte moves next, between the service and the peer: from here on the stream cannot
   * begin anew. Called once at most, without any monitor; it may wait for a disk.
   */
  default void begins() {}

  /**
   * The stream's state has changed to the one in the status. Where that is an end, nobody who waits
   * for it is answered before this returns; it is called without any monitor, and may wait for a
   * disk.
   */
  void stateChanged(StreamStatus status);

  /**
   * A client that others waited for was dropped.
   *
   * @param reason in words, with the position
   */
  default void clientDropped(String reason) {}

  /** A client begins to leave, which can take long. */
  default void clientLeaves() {}

  /** A client has left, which need not have changed the state. */
  default void clientLeft() {}
}
