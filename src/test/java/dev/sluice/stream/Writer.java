package dev.sluice.stream;

/** What a write stream remembers of a client, for its model. */
final class Writer {

  boolean wrote;
  boolean contributed;
  boolean writeRefused;
  boolean readRefused;
  boolean astray;
  boolean wentBack;
  boolean flushed;
  private int reached;

  /** It writes a range; going back beyond the head, it may do so again for any gap. */
  void writes(int from, int to, int head) {
    contributed |= from < to;
    wentBack |= from < reached && reached > head;
    reached = Math.max(reached, to);
  }

  boolean leavesGapsOpen() {
    return wentBack && flushed;
  }

  /** Whether none of its writes was refused. */
  boolean isWelcome() {
    return !writeRefused && !astray;
  }
}
