package dev.sluice.stream;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A negotiated client connection, without waiting: the raw socket, or an encrypted channel.
 * Confined to the session's thread. Counts are bytes; "would block" is {@link
 * dev.sluice.posix.Posix#WOULD_BLOCK}.
 */
public interface Transport extends AutoCloseable {

  /** Reads into all or part of the segment: the count, 0 at the end of input, or would block. */
  long read(MemorySegment into) throws IOException;

  /**
   * Takes all or part of the segment: the count, or would block. It may keep what it took until
   * {@link #flush}.
   *
   * @param more whether the caller writes more at once
   */
  long write(MemorySegment from, boolean more) throws IOException;

  /** Sends what was taken and kept: whether all of it is on its way, or it would block. */
  default boolean flush() throws IOException {
    return true;
  }

  /** How many bytes are on their way that the client's system has not taken yet. */
  int unreadSent() throws IOException;

  /** Whether the client itself is at the other end, so that what was taken there has come to it. */
  default boolean isDirect() {
    return true;
  }

  /** What to poll for readiness. */
  int pollDescriptor();

  /** The socket that the next input can be spliced from, or -1 when it has to be read. */
  default int spliceSource() {
    return -1;
  }

  /** The socket that output can be spliced to, or -1 when it has to be written. */
  default int spliceTarget() {
    return -1;
  }

  @Override
  void close();
}
