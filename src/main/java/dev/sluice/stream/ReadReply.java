package dev.sluice.stream;

import java.io.IOException;

/**
 * Where a stream announces what it is about to send in reply to a read. Announcements are in the
 * order of offsets and leave nothing out; each is followed by its bytes before the next one comes.
 */
public interface ReadReply {

  /**
   * Announces bytes of which every one is certain, and is sent next: all of the request's, unless
   * they may come {@link #inParts}. Never called for no bytes at all.
   */
  void announce(long offset, long length) throws IOException;

  /** Whether the bytes may be announced part by part. */
  default boolean inParts() {
    return false;
  }

  /** Says that some bytes are zero, which are not sent then. Only for a reply in parts. */
  default void zeroes(long offset, long length) throws IOException {
    throw new IllegalStateException("the reply cannot be in parts");
  }
}
