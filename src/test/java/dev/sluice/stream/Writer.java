package dev.sluice.stream;

/** What a write stream remembers of a client, for its model. */
final class Writer {

  boolean wrote;
  boolean refused;
  boolean wentBack;
  boolean flushed;
  private int reached;

  /** It writes a range; going back beyond the head, it may do so again for any gap. */
  void writes(int from, int to, int head) {
    wentBack |= from < reached && reached > head;
    reached = Math.max(reached, to);
  }

  boolean leavesGapsOpen() {
    return wentBack && flushed;
  }
}
