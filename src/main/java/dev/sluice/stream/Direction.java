package dev.sluice.stream;

/** The direction of an export's bytes, named from the NBD client's side. */
public enum Direction {
  /** The client writes; the peer gets the bytes. */
  WRITE("write"),
  /** The client reads; the peer gives the bytes. */
  READ("read");

  private final String text;

  Direction(String text) {
    this.text = text;
  }

  /** Returns the name that users write. */
  public String text() {
    return text;
  }
}
