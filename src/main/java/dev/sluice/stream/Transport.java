package dev.sluice.stream;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A negotiated client connection with non-blocking I/O: a raw socket or an encrypted channel.
 * Confined to the session's thread. Counts are in bytes. A call that would block returns {@link
 * dev.sluice.posix.Posix#WOULD_BLOCK}.
 */
public interface Transport extends AutoCloseable {

  /**
   * Reads into the beginning of the segment. Returns the count, 0 at the end of input, or
   * would-block.
   */
  long read(MemorySegment into) throws IOException;

  /**
   * Takes bytes from the beginning of the segment. Returns the count, or would-block. May buffer
   * what it took until {@link #flush}.
   *
   * @param more whether the caller writes more at once
   */
  long write(MemorySegment from, boolean more) throws IOException;

  /**
   * Sends what {@link #write} has buffered. Returns false if that would block before everything is
   * sent.
   */
  default boolean flush() throws IOException {
    return true;
  }

  /** Returns the sent bytes that the client's system has not acknowledged yet. */
  int unreadSent() throws IOException;

  /**
   * Returns whether the other end of the connection is the client itself, so that bytes
   * acknowledged there have reached the client.
   */
  default boolean isDirect() {
    return true;
  }

  /** Returns the descriptor to poll for readiness. */
  int pollDescriptor();

  /** Returns the socket from which the next input can be spliced; -1 if it has to be read. */
  default int spliceSource() {
    return -1;
  }

  /** Returns the socket to which output can be spliced; -1 if it has to be written. */
  default int spliceTarget() {
    return -1;
  }

  @Override
  void close();
}
