package dev.sluice.stream;

/**
 * What one client has written so far, as much of it as its goodbye is judged by. Confined to the
 * client's thread.
 */
final class WriteHistory {

  private final long headWindow;
  private boolean wrote;
  private long reached;
  private boolean wentBack;
  private boolean flushed;

  /** The history of a client of a stream whose head has so many bytes. */
  WriteHistory(long headWindow) {
    this.headWindow = headWindow;
  }

  /** Takes note of a range that is written. */
  void write(long offset, long end) {
    wrote = true;
    wentBack |= offset < reached && reached > headWindow;
    reached = Math.max(reached, end);
  }

  void flush() {
    flushed = true;
  }

  /** Whether the client has put bytes into the stream, so that its goodbye means something. */
  boolean wrote() {
    return wrote;
  }

  /** Whether it wrote out of order beyond the head, so that it may come back for any gap. */
  boolean wentBack() {
    return wentBack;
  }

  /**
   * Whether the client's goodbye says nothing about gaps. The clients that flush before it are
   * those that flush and say goodbye when they have failed, too.
   */
  boolean leavesGapsOpen() {
    return wentBack && flushed;
  }
}
