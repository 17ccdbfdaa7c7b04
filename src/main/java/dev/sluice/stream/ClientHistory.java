package dev.sluice.stream;

/**
 * What a stream remembers of one client. The client's own thread changes it, in the stream's lock,
 * except for what is said to be changed without.
 */
final class ClientHistory {

  private final WriteHistory writes = new WriteHistory();
  private final Ranges sent = new Ranges();
  private boolean late;
  private boolean active;
  private boolean sentAway;

  /** What it has written. */
  WriteHistory writes() {
    return writes;
  }

  /** What it was sent of a read stream; {@link Receipts} keeps it. */
  Ranges sent() {
    return sent;
  }

  /** Whether it asked for bytes that it never had and that are not kept any more. */
  boolean isLate() {
    return late;
  }

  void markLate() {
    late = true;
  }

  /** Whether it has made a request. */
  boolean isActive() {
    return active;
  }

  /** Without the lock: it has made a request. */
  void markActive() {
    active = true;
  }

  /** Without the lock: it is sent away because it did nothing. */
  void markSentAway() {
    sentAway = true;
  }

  boolean wasSentAway() {
    return sentAway;
  }
}
