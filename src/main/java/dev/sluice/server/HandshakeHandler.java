package dev.sluice.server;

import dev.sluice.nbd.ClientFlags;
import dev.sluice.nbd.Greeting;
import dev.sluice.nbd.InvalidOptionException;
import dev.sluice.nbd.OptionCode;
import dev.sluice.nbd.OptionReply;
import dev.sluice.nbd.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a client's options to its {@link Negotiation} and the answers back, until it has chosen
 * an export or gives up (specification: "Handshake"). One a connection; used by its event loop
 * only.
 */
final class HandshakeHandler extends SimpleChannelInboundHandler<Object> {

  private static final Logger log = LoggerFactory.getLogger(HandshakeHandler.class);

  /** qemu-nbd --list asks two options of every export there is, on one connection. */
  private static final int MAX_OPTIONS = 8_192;

  private final Negotiation negotiation;
  private final Tls tls;
  private final SessionStarter sessions;
  private int options;

  HandshakeHandler(Negotiation negotiation, Tls tls, SessionStarter sessions) {
    this.negotiation = negotiation;
    this.tls = tls;
    this.sessions = sessions;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    int flags = Protocol.FLAG_FIXED_NEWSTYLE | Protocol.FLAG_NO_ZEROES;
    send(ctx, List.of(Greeting.encode(flags)));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ClientFlags flags) {
      negotiation.begin(flags);
    } else if (message instanceof OptionFrame frame) {
      if (++options > MAX_OPTIONS) {
        drop(ctx, "it sent more than %d options".formatted(MAX_OPTIONS));
      } else {
        answer(ctx, frame);
      }
    }
  }

  private void answer(ChannelHandlerContext ctx, OptionFrame frame) {
    int code = frame.code();
    try {
      switch (negotiation.answer(frame)) {
        case Negotiation.Answer.Replies(List<ByteBuffer> replies) -> send(ctx, replies);
        case Negotiation.Answer.Farewell(List<ByteBuffer> replies) -> sendLast(ctx, replies);
        case Negotiation.Answer.StartTls(List<ByteBuffer> replies) -> startTls(ctx, replies);
        case Negotiation.Answer.Chosen chosen -> begin(ctx, chosen);
        case Negotiation.Answer.HangUp(String reason) -> drop(ctx, reason);
      }
    } catch (InvalidOptionException e) {
      refuse(ctx, code, e);
    }
  }

  /**
   * What came behind the option was not encrypted, so it is not the client's, or not meant for us.
   */
  private void startTls(ChannelHandlerContext ctx, List<ByteBuffer> replies) {
    if (ctx.pipeline().get(OptionFrameDecoder.class).hasMore()) {
      drop(ctx, "it sent more behind STARTTLS without waiting for the answer");
      return;
    }
    send(ctx, replies);
    ctx.pipeline().addFirst(tls.handler(ctx.alloc()));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion && completion.isSuccess()) {
      negotiation.encrypted();
    }
    ctx.fireUserEventTriggered(event);
  }

  /** The handshake is over: what the client sends from now on is the session's. */
  private void begin(ChannelHandlerContext ctx, Negotiation.Answer.Chosen chosen) {
    Handover handover = new Handover(chosen.export(), sessions);
    ctx.pipeline().replace(this, "handover", handover);
    handover.begin(chosen.replies());
  }

  private static void refuse(ChannelHandlerContext ctx, int code, InvalidOptionException refusal) {
    log.debug("Refusing option {} of {}: {}", code, ctx.channel(), refusal.getMessage());
    if (code == OptionCode.EXPORT_NAME.code()) {
      drop(ctx, refusal.getMessage());
    } else {
      send(ctx, List.of(OptionReply.error(code, refusal.errorReply(), refusal.getMessage())));
    }
  }

  private static void drop(ChannelHandlerContext ctx, String reason) {
    log.debug("Dropping {}: {}", ctx.channel(), reason);
    ctx.close();
  }

  private static void send(ChannelHandlerContext ctx, List<ByteBuffer> replies) {
    ctx.writeAndFlush(join(replies));
  }

  private static void sendLast(ChannelHandlerContext ctx, List<ByteBuffer> replies) {
    ctx.writeAndFlush(join(replies)).addListener(ChannelFutureListener.CLOSE);
  }

  static ByteBuf join(List<ByteBuffer> replies) {
    return Unpooled.wrappedBuffer(replies.toArray(ByteBuffer[]::new));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof DecoderException || cause instanceof IOException) {
      drop(ctx, String.valueOf(cause.getMessage()));
    } else {
      log.warn("The handshake with {} failed", ctx.channel(), cause);
      ctx.close();
    }
  }
}
