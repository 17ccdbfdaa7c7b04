package dev.sluice.stream.client;

import org.jspecify.annotations.Nullable;

/**
 * What one client has written so far, as far as its goodbye is judged by it. Only the client's
 * thread changes it. The holder of the request lock reads it once the client has left.
 */
public final class WriteHistory {

  private boolean wrote;
  private boolean contributed;
  private long reached;
  private long pendingEnd;
  private boolean flushed;
  private boolean writeRefused;
  private boolean readRefused;
  private @Nullable String astray;

  /** Notes that a write request has come. Until {@link #decided}, it may be cut off at any time. */
  public void begin(long end) {
    pendingEnd = end;
  }

  /** Notes that the request was served or refused. */
  public void decided() {
    pendingEnd = 0;
  }

  /** Returns the end of the request that was cut off; 0 if none was. */
  public long pendingEnd() {
    return pendingEnd;
  }

  /** Notes that a write is being served. */
  public void write() {
    wrote = true;
  }

  /**
   * Notes that some bytes of a range may be in the stream. The range is empty if a request only
   * repeated others.
   */
  public void contribute(long offset, long end) {
    contributed |= offset < end;
  }

  /** Notes that a write up to an offset was served. */
  public void reach(long end) {
    reached = Math.max(reached, end);
  }

  /** Returns the highest end of a write that was served. */
  public long reached() {
    return reached;
  }

  /** Notes a FLUSH request. A write with FUA does not count as one. */
  public void flush() {
    flushed = true;
  }

  public void refuseWrite() {
    writeRefused = true;
  }

  public void refuseRead() {
    readRefused = true;
  }

  /**
   * Notes that the client writes another stream than this one, so that its further writes are
   * refused.
   */
  public void goAstray(String why) {
    astray = why;
  }

  /** Returns why the client's further writes are refused; null if they are not. */
  public @Nullable String astray() {
    return astray;
  }

  /** Returns whether any write was served. Only then does the client's goodbye mean anything. */
  public boolean wrote() {
    return wrote;
  }

  /** Returns whether any byte of the stream may be this client's. */
  public boolean contributed() {
    return contributed;
  }

  /**
   * Returns whether a write was refused. The client wanted bytes that are not in the stream then.
   */
  public boolean isWriteRefused() {
    return writeRefused;
  }

  /** Returns whether any request was refused. The client's goodbye proves nothing then. */
  public boolean isRefused() {
    return writeRefused || readRefused;
  }

  /**
   * Returns whether the client has sent a FLUSH. Clients that flush before their goodbye do so
   * after a failure, too.
   */
  public boolean hasFlushed() {
    return flushed;
  }
}
