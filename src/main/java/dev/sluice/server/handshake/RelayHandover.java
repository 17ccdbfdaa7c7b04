package dev.sluice.server.handshake;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.UnixChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a connection from Netty after another pod has granted the client an export and the last
 * replies were sent. {@link Handover} does the same for exports of this pod. Until the relay
 * starts, it owns the connection to the other pod.
 */
final class RelayHandover extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(RelayHandover.class);

  private final Passage passage;
  private final HandshakeObserver observer;
  private final ByteArrayOutputStream readAlready = new ByteArrayOutputStream();
  private @Nullable ChannelHandlerContext context;

  RelayHandover(Passage passage, HandshakeObserver observer) {
    this.passage = passage;
    this.observer = observer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  /** Sends the owner's last replies, then hands over the connection. */
  void begin(List<ByteBuffer> lastReplies) {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    // The decoder fires a read of the bytes that it still holds.
    ctx.pipeline().remove(OptionFrameDecoder.class);
    ctx.writeAndFlush(Replies.join(lastReplies))
        .addListener(
            written -> {
              if (written.isSuccess()) {
                handOver(ctx);
              } else {
                observer.handshakeFailed(HandshakeFailure.DISCONNECTED);
                passage.giveUp();
                ctx.close();
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    readAlready.writeBytes(ByteBufUtil.getBytes(bytes));
    bytes.release();
  }

  private void handOver(ChannelHandlerContext ctx) {
    if (!ctx.channel().isOpen()) { // its descriptor's number may belong to another file already
      passage.giveUp();
      return;
    }
    boolean begun = false;
    try {
      int socket = Posix.duplicate(((UnixChannel) ctx.channel()).fd().intValue());
      begun = true;
      passage.begin(socket, readAlready.toByteArray());
    } catch (ErrnoException | RuntimeException | OutOfMemoryError e) {
      observer.handshakeFailed(HandshakeFailure.ERROR);
      log.warn("A client cannot be passed on", e);
      if (!begun) {
        passage.giveUp();
      }
    } finally {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("{} broke at the end of its handshake", ctx.channel(), cause);
    ctx.close();
  }
}
