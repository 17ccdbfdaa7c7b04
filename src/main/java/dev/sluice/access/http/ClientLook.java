package dev.sluice.access.http;

import dev.sluice.posix.TcpTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * Checks whether the client of a request that waits is still connected. Tomcat notices a disconnect
 * only when it sends something. Takes no bytes from the connection.
 */
public final class ClientLook {

  private final InetSocketAddress local;
  private final InetSocketAddress remote;

  private ClientLook(InetSocketAddress local, InetSocketAddress remote) {
    this.local = local;
    this.remote = remote;
  }

  /** Returns the check for the request that the current thread serves. */
  public static ClientLook current() throws IOException {
    SocketChannel socket = CountedHttp.current().getSocket().getIOChannel();
    return new ClientLook(
        (InetSocketAddress) socket.getLocalAddress(),
        (InetSocketAddress) socket.getRemoteAddress());
  }

  /**
   * Returns whether the client has disconnected or closed its side; false if Linux does not tell.
   */
  public boolean hasGone() {
    return !TcpTable.isOpen(local, remote);
  }
}
