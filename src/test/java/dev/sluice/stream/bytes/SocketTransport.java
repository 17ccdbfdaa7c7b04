package dev.sluice.stream.bytes;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.stream.Transport;
import java.lang.foreign.MemorySegment;

/** A plain connection; payload can be spliced, or has to be copied as if it were encrypted. */
record SocketTransport(Descriptor socket, Payload payload) implements Transport {

  /** How payload moves. */
  enum Payload {
    SPLICED,
    COPIED
  }

  @Override
  public long read(MemorySegment into) throws ErrnoException {
    return Posix.read(socket.number(), into);
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
  public int pollDescriptor() {
    return socket.number();
  }

  @Override
  public int spliceSource() {
    return payload == Payload.SPLICED ? socket.number() : -1;
  }

  @Override
  public int spliceTarget() {
    return spliceSource();
  }

  @Override
  public void close() {
    socket.close();
  }
}
