package dev.sluice.server.handshake;

import dev.sluice.client.ClientIdentity;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** Identifies a client by its connection alone, before it has started TLS. */
public final class ClientIdentities {

  private ClientIdentities() {}

  /** Returns the identity of the client at the other end of a channel. */
  public static ClientIdentity of(Channel channel) {
    return new ClientIdentity(
        channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null,
        null);
  }
}
