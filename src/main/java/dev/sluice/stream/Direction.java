package dev.sluice.stream;

/** Which way the bytes of an export go, named from the NBD client's side. */
public enum Direction {
  /** The client writes; the peer gets the bytes. */
  WRITE,
  /** The client reads; the peer gives the bytes. */
  READ
}
