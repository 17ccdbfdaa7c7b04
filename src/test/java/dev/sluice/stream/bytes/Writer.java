package dev.sluice.stream.bytes;

/** What a write stream remembers of a client, for its model. */
final class Writer {

  boolean wrote;
  boolean contributed;
  boolean writeRefused;
  boolean readRefused;
  boolean astray;
  boolean flushed;

  /** Where the highest range ends that was served. */
  int reached;

  /** The range of the request that is served now, or was cut off. */
  private int pendingFrom;

  int pendingEnd;

  /** It writes a range. */
  void writes(int from, int to) {
    pendingFrom = from;
    pendingEnd = to;
  }

  /** What it writes was served, or refused. */
  void decided(boolean served) {
    if (served) {
      contributed |= pendingFrom < pendingEnd;
      reached = Math.max(reached, pendingEnd);
    }
    pendingEnd = 0;
  }

  /** Whether its goodbye says nothing about gaps. */
  boolean leavesGapsOpen() {
    return flushed;
  }

  /** Whether none of its writes was refused. */
  boolean isWelcome() {
    return !writeRefused && !astray;
  }
}
