package dev.sluice.server.session;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.WakeDescriptor;
import dev.sluice.stream.Transport;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A client that has sent everything and closed its sending half, in memory; what it is sent is
 * kept. Nothing ever blocks.
 */
final class FuzzTransport implements Transport {

  private final MemorySegment sent;
  private final int piece;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final WakeDescriptor quiet = new WakeDescriptor();
  private long position;

  FuzzTransport(byte[] sent, int piece) throws ErrnoException {
    this.sent = MemorySegment.ofArray(sent);
    this.piece = piece;
  }

  byte[] received() {
    return received.toByteArray();
  }

  @Override
  public long read(MemorySegment into) {
    long count = Math.min(Math.min(piece, into.byteSize()), sent.byteSize() - position);
    MemorySegment.copy(sent, position, into, 0, count);
    position += count;
    return count;
  }

  @Override
  public long write(MemorySegment from, boolean more) {
    received.writeBytes(from.toArray(ValueLayout.JAVA_BYTE));
    return from.byteSize();
  }

  @Override
  public int unreadSent() {
    return 0;
  }

  @Override
  public int pollDescriptor() {
    return quiet.number();
  }

  @Override
  public void close() {
    quiet.close();
  }
}
