package dev.sluice.access.http;

import dev.sluice.posix.TcpTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * A look at whether the client of a request is still there while its answer is not: Tomcat does not
 * tell before it sends something. It takes nothing from the connection.
 */
public final class ClientLook {

  private final InetSocketAddress local;
  private final InetSocketAddress remote;

  private ClientLook(InetSocketAddress local, InetSocketAddress remote) {
    this.local = local;
    this.remote = remote;
  }

  /** At the client of the request that the current thread serves. */
  public static ClientLook current() throws IOException {
    SocketChannel socket = CountedHttp.current().getSocket().getIOChannel();
    return new ClientLook(
        (InetSocketAddress) socket.getLocalAddress(),
        (InetSocketAddress) socket.getRemoteAddress());
  }

  /** Whether it has gone, or sends nothing more; it has not where Linux does not tell. */
  public boolean hasGone() {
    return !TcpTable.isOpen(local, remote);
  }
}
