package dev.sluice.stream;

import org.jspecify.annotations.Nullable;

/**
 * What one client has written so far, as much of it as its goodbye is judged by. Changed by the
 * client's thread only.
 */
final class WriteHistory {

  private final long headWindow;
  private boolean wrote;
  private boolean contributed;
  private long reached;
  private boolean wentBack;
  private boolean flushed;
  private boolean writeRefused;
  private boolean readRefused;
  private @Nullable String astray;

  /** The history of a client of a stream whose head has so many bytes. */
  WriteHistory(long headWindow) {
    this.headWindow = headWindow;
  }

  /** Takes note of a range that is written; it is empty where a request only repeated others. */
  void write(long offset, long end) {
    wrote = true;
    contributed |= offset < end;
    wentBack |= offset < reached && reached > headWindow;
    reached = Math.max(reached, end);
  }

  /** Says that all is on its way to the peer, which a write that asks for the same does not say. */
  void flush() {
    flushed = true;
  }

  void refuseWrite() {
    writeRefused = true;
  }

  void refuseRead() {
    readRefused = true;
  }

  /** The client writes another stream than this one: nothing more of it is taken. */
  void goAstray(String why) {
    astray = why;
  }

  /** Why nothing more is taken of it, if that is so. */
  @Nullable String astray() {
    return astray;
  }

  /** Whether any write was served, so that the client's goodbye means something. */
  boolean wrote() {
    return wrote;
  }

  /** Whether any byte of the stream may be this client's. */
  boolean contributed() {
    return contributed;
  }

  /** Whether the client wanted bytes in the stream that are not there. */
  boolean isWriteRefused() {
    return writeRefused;
  }

  /** Whether any request was refused, so that the client's goodbye proves nothing. */
  boolean isRefused() {
    return writeRefused || readRefused;
  }

  /**
   * Whether the client's goodbye says nothing about gaps: it wrote out of order beyond the head,
   * and the clients that flush before their goodbye are those that do so when they have failed,
   * too.
   */
  boolean leavesGapsOpen() {
    return wentBack && flushed;
  }
}
