package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.UnixSockets;
import org.jspecify.annotations.Nullable;

/** An existing Unix stream socket that the peer listens on. */
final class UnixSocket extends Endpoint {

  UnixSocket(Claim claim) {
    super(claim);
  }

  @Override
  public boolean isPipe() {
    return false;
  }

  @Override
  @Nullable Descriptor connect(Descriptor place) throws ErrnoException {
    Descriptor socket = new Descriptor(UnixSockets.create());
    boolean connected = false;
    try {
      connected = UnixSockets.connect(socket.number(), place.number());
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ECONNREFUSED) {
        throw e;
      }
    } finally {
      if (!connected) {
        socket.close();
      }
    }
    return connected ? socket : null;
  }

  @Override
  public int unread() throws ErrnoException {
    return Posix.unreadSent(descriptor());
  }

  @Override
  public void endOutput() throws ErrnoException {
    UnixSockets.shutDown(descriptor());
  }
}
