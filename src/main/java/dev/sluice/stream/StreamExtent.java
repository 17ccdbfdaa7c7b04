package dev.sluice.stream;

/**
 * The status of a contiguous part of a stream.
 *
 * @param length bytes, at least 1
 * @param content the status of these bytes
 */
public record StreamExtent(long length, Content content) {

  /** The status of bytes. */
  public enum Content {
    /** Below the position and not kept: the peer has them (write), or they were read (read). */
    GONE,
    /** Below the position, and kept so that they can be read again. */
    KEPT,
    /** Written ahead of the position, and kept until the missing bytes before them have come. */
    DATA,
    /** As {@link #DATA}, but zeroes. */
    ZEROES,
    /** Neither written nor read yet. */
    AHEAD
  }
}
