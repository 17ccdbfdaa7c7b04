package dev.sluice.stream.client;

import dev.sluice.stream.window.Ranges;

/**
 * What a stream remembers of one client. The client's own thread changes it, in the stream's lock,
 * except for what is said to be changed without.
 */
public final class ClientHistory {

  private final WriteHistory writes = new WriteHistory();
  private final Ranges sent = new Ranges();
  private boolean late;
  private boolean active;
  private boolean sentAway;

  /** What it has written. */
  WriteHistory writes() {
    return writes;
  }

  /** What it was sent of a read stream; the stream keeps it. */
  public Ranges sent() {
    return sent;
  }

  /** Whether it asked for bytes that it never had and that are not kept any more. */
  public boolean isLate() {
    return late;
  }

  public void markLate() {
    late = true;
  }

  /** Whether it has made a request. */
  public boolean isActive() {
    return active;
  }

  /** Without the lock: it has made a request. */
  public void markActive() {
    active = true;
  }

  /** Without the lock: it is sent away because it did nothing. */
  public void markSentAway() {
    sentAway = true;
  }

  public boolean wasSentAway() {
    return sentAway;
  }
}
