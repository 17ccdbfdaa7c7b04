package dev.sluice.server.handshake;

import dev.sluice.client.ClientIdentity;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** Who a client is by its connection alone, before it has shown anything. */
public final class ClientIdentities {

  private ClientIdentities() {}

  /** The identity of the client at the other end of a connection. */
  public static ClientIdentity of(Channel channel) {
    return new ClientIdentity(
        channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null,
        null);
  }
}
