package dev.sluice.stream;

/**
 * Measures all streams. Many threads call it at once, at every step of every stream, so it must
 * neither block nor throw.
 */
public interface StreamObserver {

  /** Measures nothing. */
  StreamObserver NONE = new StreamObserver() {};

  /** These bytes were delivered: to the peer (write), or to a client (read). */
  default void moved(Direction direction, long bytes) {}

  /** A session's thread begins to wait. The wait may consist of several polls. */
  default void waitBegins(WaitCause cause) {}

  /** A session's thread no longer waits for this. */
  default void waitEnds(WaitCause cause) {}

  /** A session's thread was blocked for this long. Called when it continues. */
  default void waited(WaitCause cause, long nanos) {}

  /** A stream has ended. Called once for each stream. */
  default void ended(Direction direction, StreamState outcome) {}
}
