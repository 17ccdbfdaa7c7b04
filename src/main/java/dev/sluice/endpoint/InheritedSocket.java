package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.posix.UnixSockets;

/**
 * A Unix socket that this process was started with, for example by sshd. Its peer is there from the
 * start. Other processes may have the same socket, so it is closed at the end, and not shut down.
 */
final class InheritedSocket extends Endpoint {

  private final Descriptor socket;
  private final FileStatus identity;
  private boolean blocks;

  /** Creates an endpoint that owns a connected socket. */
  InheritedSocket(Descriptor socket, FileStatus identity) {
    this.socket = socket;
    this.identity = identity;
  }

  @Override
  public FileStatus identity() {
    return identity;
  }

  @Override
  public boolean isPipe() {
    return false;
  }

  @Override
  public boolean isEndedBeforePeer() {
    return false;
  }

  @Override
  Descriptor reach() throws ErrnoException {
    blocks = UnixSockets.setBlocking(socket.number(), false);
    return socket;
  }

  @Override
  public int unread() throws ErrnoException {
    return Posix.unreadSent(socket.number());
  }

  /** Makes the socket blocking again, if it was, for other processes that have it. */
  @Override
  void letGo() {
    if (!blocks) {
      return;
    }
    try {
      UnixSockets.setBlocking(socket.number(), true);
    } catch (ErrnoException e) {
      // Linux does not refuse that to a process that has the socket.
    }
  }

  @Override
  void closeFile() {
    socket.close();
  }
}
