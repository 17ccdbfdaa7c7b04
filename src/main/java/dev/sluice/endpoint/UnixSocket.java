package dev.sluice.endpoint;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.UnixSockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A Unix stream socket that is connected to the peer, whichever of the two listened.
 *
 * <p>A peer that reads can tell an aborted stream from a complete one only by a reset. Linux resets
 * such a connection only if it is closed while something that the peer sent is unread.
 */
abstract sealed class UnixSocket extends NamedEndpoint permits ConnectingSocket, ListeningSocket {

  /** Bytes to drop at a time of what the peer sent and nobody reads. */
  private static final int DROP_BYTES = 1 << 16;

  UnixSocket(EndpointFile file) {
    super(file);
  }

  @Override
  public final boolean isPipe() {
    return false;
  }

  @Override
  public final boolean isEndedBeforePeer() {
    return false;
  }

  @Override
  public final int unread() throws ErrnoException {
    return Posix.unreadSent(descriptor());
  }

  @Override
  final void endOpen() throws ErrnoException {
    // Shut down first, so that nothing can come after what is dropped.
    UnixSockets.shutDown(descriptor());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment unwanted = arena.allocate(DROP_BYTES);
      for (long n = 1; n > 0; ) {
        n = Posix.read(descriptor(), unwanted);
      }
    }
  }
}
