package dev.sluice.server.handshake;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;

/**
 * Acknowledges at once what a client sends over TCP in its handshake. Many clients send an option
 * in two pieces, and Linux keeps the second one back until the first is acknowledged (Nagle's
 * algorithm). If that took the usual 40 ms, a list of a few hundred exports, each of which clients
 * ask about, would take longer than a handshake may.
 */
public final class QuickAcks extends ChannelInboundHandlerAdapter {

  /** Linux forgets it after a while, so it is told after each read (tcp(7), TCP_QUICKACK). */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (ctx.channel() instanceof EpollSocketChannel tcp && tcp.isOpen()) {
      tcp.config().setTcpQuickAck(true);
    }
    ctx.fireChannelReadComplete();
  }
}
