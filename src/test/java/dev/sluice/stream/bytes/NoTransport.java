package dev.sluice.stream.bytes;

import dev.sluice.posix.Posix;
import dev.sluice.stream.Transport;
import java.lang.foreign.MemorySegment;

/** Stands in for a client's connection where a stream is worked on without a client. */
final class NoTransport implements Transport {

  @Override
  public long read(MemorySegment into) {
    return 0;
  }

  @Override
  public long write(MemorySegment from, boolean more) {
    return Posix.WOULD_BLOCK;
  }

  @Override
  public int unreadSent() {
    return 0;
  }

  @Override
  public int pollDescriptor() {
    return -1;
  }

  @Override
  public void close() {}
}
