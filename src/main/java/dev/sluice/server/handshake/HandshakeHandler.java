package dev.sluice.server.handshake;

import dev.sluice.logging.LogContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.handshake.ClientFlags;
import dev.sluice.nbd.handshake.Greeting;
import dev.sluice.nbd.handshake.InvalidOptionException;
import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.OptionReply;
import dev.sluice.server.relay.Answer;
import dev.sluice.server.transport.Tls;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes a client's options to its {@link Negotiation}, and the answers back, until it has chosen
 * an export or leaves (specification: "Handshake"). There is one per connection, confined to its
 * event loop.
 */
public final class HandshakeHandler extends SimpleChannelInboundHandler<Object> {

  private static final Logger log = LoggerFactory.getLogger(HandshakeHandler.class);

  private final Negotiation negotiation;
  private final Tls tls;
  private final SessionStarter sessions;
  private final HandshakeObserver observer;
  private final LimitLog limits;
  private final Forwarding forwarding;
  private final ReadPause pause = new ReadPause();

  /** What went wrong first, which counts if the connection ends now; null if nothing did. */
  private @Nullable HandshakeFailure failure;

  /** Whether the client has sent ABORT. */
  private boolean aborted;

  /** Whether the connection is being closed. What the client still sends is ignored. */
  private boolean over;

  public HandshakeHandler(
      Negotiation negotiation,
      Tls tls,
      SessionStarter sessions,
      HandshakeObserver observer,
      LimitLog limits,
      Forwarding forwarding) {
    this.negotiation = negotiation;
    this.tls = tls;
    this.sessions = sessions;
    this.observer = observer;
    this.limits = limits;
    this.forwarding = forwarding;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    int flags = Protocol.FLAG_FIXED_NEWSTYLE | Protocol.FLAG_NO_ZEROES;
    ctx.writeAndFlush(Replies.join(List.of(Greeting.encode(flags))));
  }

  /** Sends the answers to all options of one read together. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
    if (!forwarding.isBusy()) {
      pause.begin(ctx, negotiation.pause());
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    pause.cancel();
    forwarding.close();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Object message) {
    if (over) {
      return;
    }
    if (message instanceof ClientFlags flags) {
      negotiation.begin(flags);
    } else if (message instanceof OptionFrame frame) {
      if (!isRead(ctx)) {
        limits.answersUnread(ctx.channel()); // they would pile up, and those to LIST are long
        drop(ctx, HandshakeFailure.LIMIT, "it asks on without reading the answers");
      } else {
        answer(ctx, frame);
      }
    }
  }

  /** Returns whether the client reads the answers. Flushes if too many of them wait. */
  private static boolean isRead(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      ctx.flush();
    }
    return ctx.channel().isWritable();
  }

  private void answer(ChannelHandlerContext ctx, OptionFrame frame) {
    forwarding.note(frame);
    try {
      switch (negotiation.answer(frame)) {
        case OptionAnswer.Continue(List<ByteBuffer> replies) -> send(ctx, replies);
        case OptionAnswer.Farewell(List<ByteBuffer> replies) -> {
          aborted = true;
          sendLast(ctx, replies);
        }
        case OptionAnswer.StartTls(List<ByteBuffer> replies) -> startTls(ctx, replies);
        case OptionAnswer.Chosen chosen -> begin(ctx, chosen);
        case OptionAnswer.Forward asked ->
            forwarding.ask(ctx, asked, negotiation.client(), it -> settle(ctx, asked, it));
        case OptionAnswer.HangUp(String reason) -> drop(ctx, HandshakeFailure.PROTOCOL, reason);
      }
    } catch (InvalidOptionException e) {
      refuse(ctx, frame.code(), e);
    }
  }

  /** Starts TLS. Drops the client if bytes came after STARTTLS, which anybody could have added. */
  private void startTls(ChannelHandlerContext ctx, List<ByteBuffer> replies) {
    if (ctx.pipeline().get(OptionFrameDecoder.class).hasMore()) {
      drop(ctx, HandshakeFailure.PROTOCOL, "it sent more after STARTTLS without waiting");
      return;
    }
    ctx.writeAndFlush(Replies.join(replies)); // in plaintext, so before the handler of TLS is added
    ctx.pipeline().addFirst(tls.handler(ctx.alloc()));
  }

  /** Ends the handshake. What the client sends from now on is for the session. */
  private void begin(ChannelHandlerContext ctx, OptionAnswer.Chosen chosen) {
    Handover handover = new Handover(chosen, sessions, observer);
    ctx.pipeline().replace(this, "handover", handover);
    handover.begin(chosen.replies());
  }

  private void settle(ChannelHandlerContext ctx, OptionAnswer.Forward asked, Answer answer) {
    switch (answer) {
      case Answer.Replies(List<ByteBuffer> replies, boolean refused) -> {
        if (refused && asked.code() == OptionCode.GO.code()) {
          note(HandshakeFailure.REFUSED);
        }
        send(ctx, replies);
      }
      case Answer.Granted(List<ByteBuffer> replies) -> {
        RelayHandover handover = new RelayHandover(forwarding.passage(), observer);
        ctx.pipeline().replace(this, "handover", handover);
        handover.begin(replies);
      }
      case Answer.Failed why -> refuse(ctx, asked.code(), Forwarding.refusal(asked.place(), why));
    }
  }

  private void refuse(ChannelHandlerContext ctx, int code, InvalidOptionException refusal) {
    String reason = LogContext.oneLine(String.valueOf(refusal.getMessage()));
    log.debug("Refusing option {} of {}: {}", code, ctx.channel(), reason);
    if (refusal instanceof RefusedClientException unwanted) {
      note(unwanted.reason());
      if (unwanted.limit() != null) {
        limits.reached(unwanted.limit(), ClientIdentities.of(ctx.channel()), reason);
      }
    } else if (code == OptionCode.GO.code()) {
      note(HandshakeFailure.REFUSED);
    }
    if (code == OptionCode.EXPORT_NAME.code()) {
      drop(ctx, HandshakeFailure.REFUSED, refusal.getMessage());
      return;
    }
    List<ByteBuffer> reply =
        List.of(OptionReply.error(code, refusal.errorReply(), refusal.getMessage()));
    if (refusal instanceof RefusedClientException beyond && beyond.limit() == Limit.OPTIONS) {
      sendLast(ctx, reply);
    } else {
      send(ctx, reply);
    }
  }

  private void drop(ChannelHandlerContext ctx, HandshakeFailure what, String reason) {
    log.debug("Dropping {}: {}", ctx.channel(), LogContext.oneLine(reason));
    note(what);
    over = true;
    ctx.flush(); // the answers to what it has sent before
    ctx.close();
  }

  private void note(HandshakeFailure what) {
    failure = failure == null ? what : failure;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof HandshakeFailure what) {
      note(what);
    } else if (event instanceof SslHandshakeCompletionEvent completion && completion.isSuccess()) {
      identify(ctx);
    }
    ctx.fireUserEventTriggered(event);
  }

  private void identify(ChannelHandlerContext ctx) {
    try {
      negotiation.encrypted(tls.subject(ctx.pipeline().get(SslHandler.class).engine()));
    } catch (CertificateException e) {
      drop(ctx, HandshakeFailure.TLS, "its certificate is not accepted now: " + e.getMessage());
    }
  }

  /** Records the failure. If an export had been chosen, this handler would have been replaced. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (failure != null || !aborted) {
      observer.handshakeFailed(failure == null ? HandshakeFailure.DISCONNECTED : failure);
    }
    ctx.fireChannelInactive();
  }

  private static void send(ChannelHandlerContext ctx, List<ByteBuffer> replies) {
    ctx.write(Replies.join(replies));
  }

  private void sendLast(ChannelHandlerContext ctx, List<ByteBuffer> replies) {
    over = true;
    ctx.writeAndFlush(Replies.join(replies)).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    HandshakeFailure what = HandshakeFailure.of(cause);
    if (what == HandshakeFailure.ERROR) {
      note(what);
      log.warn("The handshake with {} failed", ctx.channel(), cause);
      ctx.close();
    } else {
      drop(ctx, what, String.valueOf(cause.getMessage()));
    }
  }
}
