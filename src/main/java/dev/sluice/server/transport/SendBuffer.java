package dev.sluice.server.transport;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Bytes that a socket is to take, as soon as it can. For one thread only. */
final class SendBuffer {

  /** What is to be sent is between {@code sent} and position. */
  private final ByteBuffer buffer;

  private int sent;

  SendBuffer(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** Where more can be added, from its position on. */
  ByteBuffer buffer() {
    return buffer;
  }

  boolean hasRoomFor(int bytes) {
    return buffer.remaining() >= bytes;
  }

  /**
   * Sends what there is without waiting.
   *
   * @return whether the socket took all of it
   */
  boolean flush(int socket) throws ErrnoException {
    while (sent < buffer.position()) {
      ByteBuffer rest = buffer.slice(sent, buffer.position() - sent);
      long count = Posix.send(socket, MemorySegment.ofBuffer(rest), false);
      if (count == Posix.WOULD_BLOCK) {
        return false;
      }
      sent += (int) count;
    }
    buffer.clear();
    sent = 0;
    return true;
  }
}
