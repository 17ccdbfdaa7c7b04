package dev.sluice.stream;

import java.io.IOException;

/**
 * Receives announcements of what a stream is about to send in reply to a read. Announcements are in
 * order of offset and without gaps. The bytes of each are sent before the next announcement.
 */
public interface ReadReply {

  /**
   * Announces bytes that are sent next: the whole request, unless {@link #inParts} allows less. All
   * of them are available, except the later ones of a long reply that cannot be in parts. The
   * length is never 0.
   */
  void announce(long offset, long length) throws IOException;

  /** Returns whether the reply may be announced in parts. */
  default boolean inParts() {
    return false;
  }

  /** Announces a range of zeroes, which are not sent. Allowed only if {@link #inParts} is true. */
  default void zeroes(long offset, long length) throws IOException {
    throw new IllegalStateException("the reply cannot be in parts");
  }
}
