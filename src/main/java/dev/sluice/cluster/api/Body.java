package dev.sluice.cluster.api;

/** The whole body of a request or a response. Its bytes are never modified. */
final class Body {

  /** An empty body. */
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
