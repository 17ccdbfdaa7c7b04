package dev.sluice.cluster.api;

/** The body of a request or an answer, whole and in memory. Nobody changes its bytes. */
final class Body {

  /** There is none. */
  static final Body NONE = new Body(new byte[0]);

  private final byte[] bytes;

  Body(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean isEmpty() {
    return bytes.length == 0;
  }

  byte[] bytes() {
    return bytes;
  }
}
