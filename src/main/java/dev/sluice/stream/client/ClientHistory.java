package dev.sluice.stream.client;

import dev.sluice.stream.window.Ranges;

/**
 * What a stream remembers of one client. The client's own thread changes it, with the request lock
 * held except where noted.
 */
public final class ClientHistory {

  private final WriteHistory writes = new WriteHistory();
  private final Ranges sent = new Ranges();
  private boolean late;
  private volatile long progressAt = System.nanoTime();
  private boolean sentAway;

  /** Returns what this client has written. */
  WriteHistory writes() {
    return writes;
  }

  /**
   * Returns the ranges of a read stream that were sent to this client. The stream maintains them.
   */
  public Ranges sent() {
    return sent;
  }

  /** Returns whether this client requested bytes that it never got and that are no longer kept. */
  public boolean isLate() {
    return late;
  }

  public void markLate() {
    late = true;
  }

  /** Notes that this client brought or took bytes that no client had before. */
  public void noteProgress() {
    progressAt = System.nanoTime();
  }

  /**
   * Returns when {@link #noteProgress} was called last, or the client came, by {@link
   * System#nanoTime}. Any thread.
   */
  public long progressAt() {
    return progressAt;
  }

  /** Notes that this client is dropped because it did nothing. Called without the request lock. */
  public void markSentAway() {
    sentAway = true;
  }

  public boolean wasSentAway() {
    return sentAway;
  }
}
