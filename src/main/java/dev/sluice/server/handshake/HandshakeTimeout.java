package dev.sluice.server.handshake;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes a connection whose client has not chosen an export in time, even if it keeps sending. */
public final class HandshakeTimeout extends ChannelInboundHandlerAdapter {

  private final Duration limit;
  private final LimitLog limits;
  private @Nullable Future<?> timer;

  public HandshakeTimeout(Duration limit, LimitLog limits) {
    this.limit = limit;
    this.limits = limits;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timer = ctx.executor().schedule(() -> expire(ctx), limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void expire(ChannelHandlerContext ctx) {
    limits.reached(
        Limit.HANDSHAKE_TIMEOUT,
        ClientIdentities.of(ctx.channel()),
        "it has chosen no export within %d ms, and sluice.nbd.handshake-timeout permits no more"
            .formatted(limit.toMillis()));
    ctx.fireUserEventTriggered(HandshakeFailure.TIMEOUT);
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
