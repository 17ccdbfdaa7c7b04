package dev.sluice.stream;

/**
 * How a client left.
 *
 * @param kind what it did
 * @param reason the same in words, for people
 */
public record Goodbye(Kind kind, String reason) {

  /** The ways to leave. */
  public enum Kind {
    /** It sent NBD_CMD_DISC. */
    DISCONNECTED,
    /** It closed the connection between two requests, and had read every reply. */
    CLOSED,
    /** Its connection broke, or the session had to end it. */
    LOST
  }
}
