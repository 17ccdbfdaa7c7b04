package dev.sluice.stream;

/**
 * What a stream has of a stretch of its bytes.
 *
 * @param length bytes, at least 1
 * @param content what has become of them
 */
public record StreamExtent(long length, Content content) {

  /** What can have become of bytes. */
  public enum Content {
    /** Below the position: with the peer, or read, and not kept. */
    GONE,
    /** Below the position, and kept so that it can be read again. */
    KEPT,
    /** Written, and kept until what is missing before it has come. */
    DATA,
    /** As {@link #DATA}, but zeroes. */
    ZEROES,
    /** Neither written nor read yet. */
    AHEAD
  }
}
