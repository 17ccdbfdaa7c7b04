package dev.sluice.stream;

/** Hears of a stream's changes; called from whichever thread caused them, and must not wait. */
public interface StreamListener {

  /** The stream's state has changed to the one in the status. */
  void stateChanged(StreamStatus status);

  /**
   * A client that others waited for was dropped.
   *
   * @param reason in words, with the position
   */
  default void clientDropped(String reason) {}

  /** A client has left, which need not have changed the state. */
  default void clientLeft() {}
}
