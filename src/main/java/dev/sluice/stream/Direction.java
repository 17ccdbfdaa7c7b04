package dev.sluice.stream;

/** Which way the bytes of an export go, named from the NBD client's side. */
public enum Direction {
  /** The client writes; the peer gets the bytes. */
  WRITE("write"),
  /** The client reads; the peer gives the bytes. */
  READ("read");

  private final String text;

  Direction(String text) {
    this.text = text;
  }

  /** As users write it. */
  public String text() {
    return text;
  }
}
