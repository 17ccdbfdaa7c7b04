package dev.sluice.stream;

/**
 * Measures what all streams do, as it happens. Called by many threads at once, for every step of
 * every stream, so it must neither wait nor fail.
 */
public interface StreamObserver {

  /** Measures nothing. */
  StreamObserver NONE = new StreamObserver() {};

  /** This many more bytes went the whole way: to the peer, or from the peer to a client. */
  default void moved(Direction direction, long bytes) {}

  /** A session's thread begins to wait, in one stop or several. */
  default void waitBegins(WaitCause cause) {}

  /** It does not wait for that any more. */
  default void waitEnds(WaitCause cause) {}

  /** A session's thread stopped for so long; told when it goes on. */
  default void waited(WaitCause cause, long nanos) {}

  /** A stream has ended; once for each. */
  default void ended(Direction direction, StreamState outcome) {}
}
