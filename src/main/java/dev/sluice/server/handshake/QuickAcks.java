package dev.sluice.server.handshake;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;

/**
 * Acknowledges at once what a client sends over TCP in its handshake. Many clients send an option
 * in two parts, and Linux keeps the second one back until the first is acknowledged (Nagle's
 * algorithm). With the usual delay of 40 ms, a client that asks about each of a few hundred listed
 * exports would exceed the handshake timeout.
 */
public final class QuickAcks extends ChannelInboundHandlerAdapter {

  /**
   * Sets the option again after each read, because Linux resets it after a while (tcp(7),
   * TCP_QUICKACK).
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (ctx.channel() instanceof EpollSocketChannel tcp && tcp.isOpen()) {
      tcp.config().setTcpQuickAck(true);
    }
    ctx.fireChannelReadComplete();
  }
}
