package dev.sluice.server;

import dev.sluice.client.ClientIdentity;
import dev.sluice.export.ExportRegistry;
import dev.sluice.server.handshake.ClientIdentities;
import dev.sluice.server.handshake.HandshakeFailure;
import dev.sluice.server.handshake.Limit;
import dev.sluice.server.handshake.LimitLog;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.util.Objects;
import java.util.Optional;

/**
 * Counts connections when they are accepted, and closes those beyond a limit. It runs on the
 * acceptor's thread: a busy event loop would refuse them only after any number had been accepted.
 * Thread-safe.
 */
@Sharable
final class Gate extends ChannelInboundHandlerAdapter {

  private static final AttributeKey<Connections.Permit> PERMIT =
      AttributeKey.valueOf(Gate.class, "permit");

  private final ExportRegistry exports;
  private final Connections connections;
  private final ServerObserver observer;
  private final LimitLog limits;

  Gate(ExportRegistry exports, Connections connections, ServerObserver observer, LimitLog limits) {
    this.exports = exports;
    this.connections = connections;
    this.observer = observer;
    this.limits = limits;
  }

  /** Returns the permit of an accepted connection. The caller has to release it. */
  static Connections.Permit permitOf(Channel channel) {
    return Objects.requireNonNull(channel.attr(PERMIT).get(), "it came past the gate");
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel channel = (Channel) accepted;
    ClientIdentity client = ClientIdentities.of(channel);
    Optional<String> shortage = exports.shortage();
    shortage.ifPresent(why -> limits.reached(Limit.DESCRIPTORS, client, why));
    Optional<Connections.Permit> permit =
        shortage.isPresent() ? Optional.empty() : connections.acquire(client.address());
    if (permit.isPresent()) {
      channel.attr(PERMIT).set(permit.get());
      ctx.fireChannelRead(channel);
    } else {
      observer.handshakeFailed(HandshakeFailure.LIMIT);
      channel.unsafe().closeForcibly();
    }
  }
}
