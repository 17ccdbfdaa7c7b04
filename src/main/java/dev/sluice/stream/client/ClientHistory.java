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
  private volatile long progressAt = System.nanoTime();
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

  /** It has brought or taken bytes that nobody had before it. */
  public void noteProgress() {
    progressAt = System.nanoTime();
  }

  /** When it did so last, or came, by {@link System#nanoTime}. Any thread. */
  public long progressAt() {
    return progressAt;
  }

  /** Without the lock: it is sent away because it did nothing. */
  public void markSentAway() {
    sentAway = true;
  }

  public boolean wasSentAway() {
    return sentAway;
  }
}
