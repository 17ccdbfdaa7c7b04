package dev.sluice.stream;

import java.io.IOException;

/**
 * Is told of the changes of one stream, on the thread that caused them. Methods must not block,
 * except on a disk where their comment allows it.
 */
public interface StreamListener {

  /**
   * The first byte is about to move between the service and the peer. The stream cannot start over
   * after this. Called at most once with success, without any monitor. May block on a disk.
   *
   * @throws IOException if the byte must not move; the stream fails with this reason
   */
  default void begins() throws IOException {}

  /**
   * The state has changed to that of the given status. If it is final, nobody who waits for the end
   * is answered before this returns. Then it is called without any monitor, and may block on a
   * disk.
   */
  void stateChanged(StreamStatus status);

  /**
   * A client was dropped because it made no progress.
   *
   * @param reason the reason, with the position, as text for people
   */
  default void clientDropped(String reason) {}

  /** A client begins to leave, which can take long. */
  default void clientLeaves() {}

  /** A client has left. The state may be unchanged. */
  default void clientLeft() {}
}
