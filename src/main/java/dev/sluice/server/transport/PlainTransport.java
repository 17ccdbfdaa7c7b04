package dev.sluice.server.transport;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.stream.Transport;
import java.lang.foreign.MemorySegment;

/**
 * The unencrypted socket of a client. Bytes that the handshake has read already come first. It owns
 * the descriptor.
 */
public final class PlainTransport implements Transport {

  private final Descriptor socket;
  private final boolean direct;
  private MemorySegment readAlready;

  /**
   * Takes over a non-blocking socket.
   *
   * @param readAlready bytes that come before the socket's next byte
   * @param direct whether the client itself is at the other end, and not a pod that relays it
   */
  public PlainTransport(int socket, byte[] readAlready, boolean direct) {
    this.socket = new Descriptor(socket);
    this.direct = direct;
    this.readAlready = MemorySegment.ofArray(readAlready);
  }

  @Override
  public long read(MemorySegment into) throws ErrnoException {
    if (readAlready.byteSize() == 0) {
      return Posix.read(socket.number(), into);
    }
    long count = Math.min(readAlready.byteSize(), into.byteSize());
    MemorySegment.copy(readAlready, 0, into, 0, count);
    readAlready = readAlready.asSlice(count);
    return count;
  }

  @Override
  public long write(MemorySegment from, boolean more) throws ErrnoException {
    return Posix.send(socket.number(), from, more);
  }

  @Override
  public int unreadSent() throws ErrnoException {
    return Posix.unreadSent(socket.number());
  }

  @Override
  public boolean isDirect() {
    return direct;
  }

  @Override
  public int pollDescriptor() {
    return socket.number();
  }

  @Override
  public int spliceSource() {
    return readAlready.byteSize() == 0 ? socket.number() : -1;
  }

  @Override
  public int spliceTarget() {
    return socket.number();
  }

  @Override
  public void close() {
    socket.close();
  }
}
