package dev.sluice.endpoint;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.UnixSockets;

/** A Unix stream socket that is connected to the peer, whoever of the two listened. */
abstract sealed class UnixSocket extends Endpoint permits ConnectingSocket, ListeningSocket {

  UnixSocket(Claim claim) {
    super(claim);
  }

  @Override
  public final boolean isPipe() {
    return false;
  }

  @Override
  public final int unread() throws ErrnoException {
    return Posix.unreadSent(descriptor());
  }

  @Override
  public final void endOutput() throws ErrnoException {
    UnixSockets.shutDown(descriptor());
  }
}
