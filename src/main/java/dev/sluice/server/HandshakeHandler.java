package dev.sluice.server;

import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.nbd.ClientFlags;
import dev.sluice.nbd.ExportNameReply;
import dev.sluice.nbd.Greeting;
import dev.sluice.nbd.InfoType;
import dev.sluice.nbd.InvalidOptionException;
import dev.sluice.nbd.Option;
import dev.sluice.nbd.OptionCode;
import dev.sluice.nbd.OptionReply;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ReplyType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a client's options until it has chosen an export or gives up (specification: "Option
 * haggling" and "Option types"). No stream is touched before that. One a connection; used by its
 * event loop only.
 */
final class HandshakeHandler extends SimpleChannelInboundHandler<Object> {

  private static final Logger log = LoggerFactory.getLogger(HandshakeHandler.class);

  /** qemu-nbd --list asks two options of every export there is, on one connection. */
  private static final int MAX_OPTIONS = 8_192;

  private final ExportRegistry exports;
  private final Sessions sessions;
  private boolean noZeroes;
  private int options;

  HandshakeHandler(ExportRegistry exports, Sessions sessions) {
    this.exports = exports;
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
      noZeroes = flags.noZeroes();
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
    if (frame.oversized()) {
      refuse(ctx, code, ReplyType.ERR_TOO_BIG, "the option is longer than 65536 bytes");
      return;
    }
    try {
      switch (Option.decode(code, frame.data())) {
        case Option.ExportName option -> chooseByName(ctx, option);
        case Option.Abort _ -> sendLast(ctx, List.of(OptionReply.ack(code)));
        case Option.ListExports _ -> list(ctx, code);
        case Option.Info option -> describe(ctx, code, option);
        case Option.Go option -> choose(ctx, code, option);
        case Option.Unsupported _ ->
            refuse(ctx, code, ReplyType.ERR_UNSUP, "option %d is not supported".formatted(code));
      }
    } catch (InvalidOptionException e) {
      refuse(ctx, code, e.errorReply(), e.getMessage());
    }
  }

  private void list(ChannelHandlerContext ctx, int code) {
    List<ByteBuffer> replies = new ArrayList<>();
    for (Export export : exports.list()) {
      if (isOpen(export)) {
        replies.add(OptionReply.server(code, export.name()));
      }
    }
    replies.add(OptionReply.ack(code));
    send(ctx, replies);
  }

  private void describe(ChannelHandlerContext ctx, int code, Option.Info option) {
    Optional<NegotiatedExport> found = find(option.name());
    if (found.isEmpty()) {
      refuseUnknown(ctx, code, option.name());
    } else {
      send(ctx, information(code, found.get(), option.requests()));
    }
  }

  private void choose(ChannelHandlerContext ctx, int code, Option.Go option) {
    Optional<NegotiatedExport> found = find(option.name());
    if (found.isEmpty() || !attach(found.get())) {
      refuseUnknown(ctx, code, option.name());
    } else {
      begin(ctx, found.get(), information(code, found.get(), option.requests()));
    }
  }

  /** The oldest way to choose, which has no way to refuse but to hang up. */
  private void chooseByName(ChannelHandlerContext ctx, Option.ExportName option) {
    Optional<NegotiatedExport> found = find(option.name());
    if (found.isEmpty() || !attach(found.get())) {
      drop(ctx, "it asked for an export that is not there");
    } else {
      int flags = found.get().rules().transmissionFlags();
      long size = found.get().rules().size();
      begin(ctx, found.get(), List.of(ExportNameReply.encode(size, flags, noZeroes)));
    }
  }

  private static List<ByteBuffer> information(
      int code, NegotiatedExport found, Set<InfoType> requests) {
    List<ByteBuffer> replies = new ArrayList<>();
    replies.add(
        OptionReply.infoExport(code, found.rules().size(), found.rules().transmissionFlags()));
    if (requests.contains(InfoType.NAME)) {
      replies.add(OptionReply.infoName(code, found.export().name()));
    }
    if (requests.contains(InfoType.BLOCK_SIZE)) {
      replies.add(
          OptionReply.infoBlockSize(
              code, Protocol.MIN_BLOCK, Protocol.PREFERRED_BLOCK, Protocol.MAX_BLOCK));
    }
    replies.add(OptionReply.ack(code));
    return replies;
  }

  private Optional<NegotiatedExport> find(String name) {
    return exports.find(name).filter(HandshakeHandler::isOpen).map(NegotiatedExport::of);
  }

  private static boolean isOpen(Export export) {
    return !export.stream().status().state().ended();
  }

  private static boolean attach(NegotiatedExport found) {
    try {
      found.export().stream().attach();
      return true;
    } catch (IOException e) {
      log.info("Export {} takes no client: {}", found.export().name(), e.getMessage());
      return false;
    }
  }

  /** The handshake is over: what the client sends from now on is the session's. */
  private void begin(
      ChannelHandlerContext ctx, NegotiatedExport found, List<ByteBuffer> lastReplies) {
    Handover handover = new Handover(found, sessions);
    ctx.pipeline().replace(this, "handover", handover);
    handover.begin(lastReplies);
  }

  private void refuseUnknown(ChannelHandlerContext ctx, int code, String name) {
    refuse(ctx, code, ReplyType.ERR_UNKNOWN, "there is no open export '%s'".formatted(name));
  }

  private void refuse(ChannelHandlerContext ctx, int code, ReplyType error, String message) {
    log.debug("Refusing option {} of {}: {}", code, ctx.channel(), message);
    if (code == OptionCode.EXPORT_NAME.code()) {
      drop(ctx, message);
    } else {
      send(ctx, List.of(OptionReply.error(code, error, message)));
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
