package dev.sluice.server.relay;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.DecoderException;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the owner of an export, opened for one client. It introduces the client,
 * negotiates what the client has negotiated with this pod, and then forwards options and replies
 * unchanged. Used by the client's event loop only.
 */
public final class OwnerConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(OwnerConnection.class);

  private enum State {
    /** The {@link Preliminaries} are under way. */
    PRELIMINARIES,
    /** An option can be forwarded. */
    READY,
    /** An option was forwarded, and its last reply is due. */
    ASKED,
    /** The owner has granted the export, and transmission follows. */
    GRANTED,
    OVER
  }

  private final Place place;
  private final Terms terms;
  private final Preliminaries preliminaries;
  private final OwnerReplyDecoder decoder;
  private final List<ByteBuffer> replies = new ArrayList<>();
  private final ByteArrayOutputStream readAlready = new ByteArrayOutputStream();
  private State state = State.PRELIMINARIES;
  private @Nullable ChannelHandlerContext context;
  private int option;
  private ByteBuffer data = ByteBuffer.allocate(0);
  private @Nullable Consumer<Answer> asker;

  /**
   * Creates a connection that is not open yet.
   *
   * @param client the client's address; null if it has none
   * @param contexts the data of the client's last SET_META_CONTEXT, if that was forwarded and
   *     accepted; null otherwise
   */
  OwnerConnection(
      Elsewhere elsewhere,
      Place place,
      Terms terms,
      @Nullable InetAddress client,
      @Nullable ByteBuffer contexts) {
    this.place = place;
    this.terms = terms;
    this.preliminaries = new Preliminaries(elsewhere, place, terms.dialect(), client, contexts);
    this.decoder = new OwnerReplyDecoder(terms.noZeroes());
  }

  void connect(Bootstrap bootstrap) {
    ChannelFuture connected =
        bootstrap.handler(this).connect(Objects.requireNonNull(place.address()));
    connected.addListener(
        done -> {
          if (!done.isSuccess()) {
            fail("it cannot be reached from here: " + done.cause().getMessage());
          }
        });
  }

  /** Returns whether options about this export, under these terms, can be forwarded here. */
  public boolean isFor(Place other, Terms others) {
    return state != State.OVER && place.equals(other) && terms.equals(others);
  }

  /** Forwards an option, one at a time. Calls back once, unless {@link #close} is called first. */
  public void ask(int code, ByteBuffer optionData, Consumer<Answer> answered) {
    option = code;
    data = optionData.duplicate();
    asker = answered;
    if (state == State.READY) {
      sendAsked();
    } else if (state == State.OVER) {
      fail("the connection to it was closed");
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    ctx.pipeline().addBefore(ctx.name(), "replies", decoder);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) { // the decoder was removed
      readAlready.writeBytes(ByteBufUtil.getBytes(bytes));
      bytes.release();
    } else if (message instanceof OwnerReply reply) {
      receive(reply);
    } else if (message instanceof OwnerReplyDecoder.Greeted) {
      int flags =
          Protocol.FLAG_C_FIXED_NEWSTYLE | (terms.noZeroes() ? Protocol.FLAG_C_NO_ZEROES : 0);
      ctx.write(Unpooled.copyInt(flags));
      send(preliminaries.first());
    }
  }

  private void receive(OwnerReply reply) {
    switch (state) {
      case PRELIMINARIES -> proceed(reply);
      case ASKED -> answer(reply);
      case READY, GRANTED -> fail("it sent an unexpected reply");
      case OVER -> {}
    }
  }

  private void proceed(OwnerReply reply) {
    try {
      preliminaries.next(reply).ifPresent(this::send);
    } catch (Preliminaries.RefusedException e) {
      fail(String.valueOf(e.getMessage()));
      return;
    }
    if (preliminaries.isOver()) {
      sendAsked();
    }
  }

  private void sendAsked() {
    state = State.ASKED;
    if (option == OptionCode.EXPORT_NAME.code()) {
      decoder.expectExportName();
    }
    send(RelayOption.option(option, data));
  }

  private void send(ByteBuffer bytes) {
    Objects.requireNonNull(context).writeAndFlush(Unpooled.wrappedBuffer(bytes));
  }

  private void answer(OwnerReply reply) {
    if (reply.is(ReplyType.ERR_TLS_REQD)) {
      replies.clear();
      state = State.READY;
      tell(Answer.Failed.because(Preliminaries.refusal(reply)));
      return;
    }
    replies.add(reply.bytes());
    if (!reply.isLast()) {
      return;
    }
    List<ByteBuffer> all = List.copyOf(replies);
    replies.clear();
    boolean granted =
        !reply.isError()
            && (option == OptionCode.GO.code() || option == OptionCode.EXPORT_NAME.code());
    if (granted) {
      state = State.GRANTED;
      ChannelHandlerContext ctx = Objects.requireNonNull(context);
      ctx.channel().config().setAutoRead(false);
      ctx.pipeline().remove(decoder); // fires a read of the bytes that it still holds
      tell(new Answer.Granted(all));
    } else {
      state = State.READY;
      tell(new Answer.Replies(all, reply.isError()));
    }
  }

  private void tell(Answer answer) {
    Consumer<Answer> waiting = asker;
    asker = null;
    if (waiting != null) {
      waiting.accept(answer);
    }
  }

  private void fail(String why) {
    end();
    tell(Answer.Failed.because(why));
  }

  private void end() {
    state = State.OVER;
    if (context != null) {
      context.close();
    }
  }

  Place place() {
    return place;
  }

  /**
   * Returns a duplicate of the connection's descriptor, which the caller has to close.
   *
   * @throws ErrnoException if it cannot be duplicated, or the connection is closed
   */
  int duplicate() throws ErrnoException {
    UnixChannel channel = (UnixChannel) Objects.requireNonNull(context).channel();
    // After a close, its number may belong to another file already.
    return Posix.duplicate(channel.isOpen() ? channel.fd().intValue() : -1);
  }

  /** Returns the bytes read from the owner since it granted the export. */
  byte[] readAlready() {
    return readAlready.toByteArray();
  }

  /** Closes the connection without calling anybody back. A {@link #duplicate} stays open. */
  public void close() {
    asker = null;
    end();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (state != State.OVER) {
      state = State.OVER;
      tell(Answer.Failed.because("it closed the connection"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("The connection to {} broke in its handshake", place.owner(), cause);
    Throwable why = cause instanceof DecoderException ? cause.getCause() : cause;
    fail("the connection to it broke" + (why == null ? "" : ": " + why.getMessage()));
  }
}
