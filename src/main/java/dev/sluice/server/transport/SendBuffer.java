package dev.sluice.server.transport;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Bytes that wait to be sent on a socket. Confined to one thread. */
final class SendBuffer {

  /** The bytes to send are between {@code sent} and the position. */
  private final ByteBuffer buffer;

  private int sent;

  SendBuffer(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** Returns the buffer. More bytes can be added at its position. */
  ByteBuffer buffer() {
    return buffer;
  }

  boolean hasRoomFor(int bytes) {
    return buffer.remaining() >= bytes;
  }

  /**
   * Sends without blocking.
   *
   * @return whether the socket took everything
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
