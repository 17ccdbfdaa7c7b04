package dev.sluice.server.handshake;

import dev.sluice.logging.LogContext;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.server.session.NegotiatedExport;
import dev.sluice.server.transport.PlainTransport;
import dev.sluice.server.transport.TlsTransport;
import dev.sluice.stream.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a connection from Netty after an export was chosen and the last replies were sent. It
 * duplicates the descriptor, closes the channel, and passes on the bytes that were read already.
 * Until the session starts, it owns the client's attachment to the stream.
 */
final class Handover extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(Handover.class);

  private final NegotiatedExport chosen;
  private final boolean direct;
  private final SessionStarter sessions;
  private final HandshakeObserver observer;

  /** Bytes that were read and not used; with TLS, decrypted. */
  private final ByteArrayOutputStream readAlready = new ByteArrayOutputStream();

  /** Bytes that TLS had read and not decrypted. */
  private final ByteArrayOutputStream encrypted = new ByteArrayOutputStream();

  private boolean decrypting = true;
  private @Nullable ChannelHandlerContext context;

  Handover(OptionAnswer.Chosen chosen, SessionStarter sessions, HandshakeObserver observer) {
    this.chosen = chosen.export();
    this.direct = !chosen.relayed();
    this.sessions = sessions;
    this.observer = observer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  /** Sends the last replies of the handshake, then hands over the connection. */
  void begin(List<ByteBuffer> lastReplies) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    ctx.channel().config().setAutoRead(false);
    // The decoder fires a read of the bytes that it still holds.
    ctx.pipeline().remove(OptionFrameDecoder.class);
    ctx.writeAndFlush(Replies.join(lastReplies))
        .addListener(
            written -> {
              if (written.isSuccess()) {
                // Not within a call of SslHandler, which would keep the bytes that it has not
                // decrypted.
                ctx.executor().execute(() -> handOver(ctx));
              } else {
                observer.handshakeFailed(HandshakeFailure.DISCONNECTED);
                chosen.export().stream().detach();
                ctx.close();
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    (decrypting ? readAlready : encrypted).writeBytes(ByteBufUtil.getBytes(bytes));
    bytes.release();
  }

  private void handOver(ChannelHandlerContext ctx) {
    if (!ctx.channel().isOpen()) { // its descriptor's number may belong to another file already
      chosen.export().stream().detach();
      return;
    }
    @Nullable Transport transport = null;
    try {
      transport = transport(ctx);
      sessions.start(transport, chosen);
    } catch (ErrnoException | RuntimeException | OutOfMemoryError e) {
      observer.handshakeFailed(HandshakeFailure.ERROR);
      try (LogContext _ = LogContext.of(chosen.export().name())) {
        log.warn("A client of export {} cannot be served", chosen.export().name(), e);
      }
      if (transport != null) {
        transport.close();
      }
      chosen.export().stream().detach();
    } finally {
      ctx.close();
    }
  }

  private Transport transport(ChannelHandlerContext ctx) throws ErrnoException {
    int descriptor = Posix.duplicate(((UnixChannel) ctx.channel()).fd().intValue());
    try {
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      return tls == null
          ? new PlainTransport(descriptor, readAlready.toByteArray(), direct)
          : encrypted(ctx, tls, descriptor);
    } catch (ErrnoException | RuntimeException | OutOfMemoryError e) {
      Posix.close(descriptor);
      throw e;
    }
  }

  private Transport encrypted(ChannelHandlerContext ctx, SslHandler tls, int descriptor)
      throws ErrnoException {
    SSLEngine engine = ReferenceCountUtil.retain(tls.engine());
    try {
      // It then fires a read of the bytes that it has not decrypted, leaves the engine open, and
      // releases it.
      decrypting = false;
      ctx.pipeline().remove(tls);
      return new TlsTransport(
          descriptor, engine, readAlready.toByteArray(), encrypted.toByteArray());
    } catch (ErrnoException | RuntimeException | OutOfMemoryError e) {
      ReferenceCountUtil.release(engine);
      throw e;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("{} broke at the end of its handshake", ctx.channel(), cause);
    ctx.close();
  }
}
