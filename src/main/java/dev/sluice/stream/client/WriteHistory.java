package dev.sluice.stream.client;

import org.jspecify.annotations.Nullable;

/**
 * What one client has written so far, as much of it as its goodbye is judged by. Changed by the
 * client's thread only; whoever has the stream's lock reads it once the client has left.
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

  /** A request to write has come. Until {@link #decided}, it may be cut off at any time. */
  public void begin(long end) {
    pendingEnd = end;
  }

  /** That request was served or refused. */
  public void decided() {
    pendingEnd = 0;
  }

  /** Where the request ends that was cut off, or 0 if none was. */
  public long pendingEnd() {
    return pendingEnd;
  }

  /** A write is being served. */
  public void write() {
    wrote = true;
  }

  /** Some of a range may be in the stream; it is empty where a request only repeated others. */
  public void contribute(long offset, long end) {
    contributed |= offset < end;
  }

  /** A write up to an offset was served. */
  public void reach(long end) {
    reached = Math.max(reached, end);
  }

  /** Where the highest range ends that was served. */
  public long reached() {
    return reached;
  }

  /** Says that all is on its way to the peer, which a write that asks for the same does not say. */
  public void flush() {
    flushed = true;
  }

  public void refuseWrite() {
    writeRefused = true;
  }

  public void refuseRead() {
    readRefused = true;
  }

  /** The client writes another stream than this one: nothing more of it is taken. */
  public void goAstray(String why) {
    astray = why;
  }

  /** Why nothing more is taken of it, if that is so. */
  public @Nullable String astray() {
    return astray;
  }

  /** Whether any write was served, so that the client's goodbye means something. */
  public boolean wrote() {
    return wrote;
  }

  /** Whether any byte of the stream may be this client's. */
  public boolean contributed() {
    return contributed;
  }

  /** Whether the client wanted bytes in the stream that are not there. */
  public boolean isWriteRefused() {
    return writeRefused;
  }

  /** Whether any request was refused, so that the client's goodbye proves nothing. */
  public boolean isRefused() {
    return writeRefused || readRefused;
  }

  /** Whether it has flushed. Clients that do so before their goodbye do it after a failure, too. */
  public boolean hasFlushed() {
    return flushed;
  }
}
