package dev.sluice.server.handshake;

import dev.sluice.client.ClientIdentity;
import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.server.relay.Answer;
import dev.sluice.server.relay.OwnerConnection;
import dev.sluice.server.relay.Place;
import dev.sluice.server.relay.Relays;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes options of one client on to the pod that has the export they name. The client is not heard
 * until that has replied. For its event loop only.
 */
public final class Forwarding {

  /** How often a client may change its mind: each time costs a connection to another pod. */
  private static final int MAX_CONNECTIONS = 32;

  private final Relays relays;
  private final Supplier<Runnable> hold;
  private @Nullable OwnerConnection connection;
  private Relays.@Nullable Seat seat;
  private int connections;
  private boolean busy;

  /** The data of the client's last SET_META_CONTEXT, if that was about an export elsewhere. */
  private @Nullable ByteBuffer contexts;

  /**
   * Of a client that has just come.
   *
   * @param hold has the connection counted until what it returns is called
   */
  public Forwarding(Relays relays, Supplier<Runnable> hold) {
    this.relays = relays;
    this.hold = hold;
  }

  /** Whether a reply is waited for. */
  boolean isBusy() {
    return busy;
  }

  /** Another option has come, or the same again; what was selected before may not hold any more. */
  void note(OptionFrame frame) {
    if (frame.code() == OptionCode.SET_META_CONTEXT.code()) {
      contexts = null;
    }
  }

  /**
   * Passes an option on.
   *
   * @param client who has sent it
   * @param answered is told what has come of it, once
   */
  void ask(
      ChannelHandlerContext ctx,
      OptionAnswer.Forward asked,
      ClientIdentity client,
      Consumer<Answer> answered) {
    OptionFrame option = asked.option();
    Optional<Answer> obstacle = reach(ctx, asked, client);
    if (obstacle.isPresent()) {
      answered.accept(obstacle.get());
      return;
    }
    OwnerConnection owner = Objects.requireNonNull(connection);
    busy = true;
    ctx.flush();
    ctx.channel().config().setAutoRead(false);
    ctx.pipeline().get(OptionFrameDecoder.class).hold(true);
    owner.ask(
        option.code(),
        option.data(),
        answer -> {
          busy = false;
          if (option.code() == OptionCode.SET_META_CONTEXT.code()
              && answer instanceof Answer.Replies(var _, boolean refused)
              && !refused) {
            contexts = option.data();
          }
          answered.accept(answer);
          if (!(answer instanceof Answer.Granted)) {
            resume(ctx);
          }
        });
  }

  /** Sees to it that there is a connection; or says why there is none. */
  private Optional<Answer> reach(
      ChannelHandlerContext ctx, OptionAnswer.Forward asked, ClientIdentity client) {
    Place place = asked.place();
    if (connection != null && connection.isFor(place, asked.terms())) {
      return Optional.empty();
    }
    close();
    if (place.address() == null) {
      return Optional.of(
          Answer.Failed.because("this pod is not told how to pass clients on to it"));
    }
    if (++connections > MAX_CONNECTIONS) {
      return Optional.of(Answer.Failed.because("this client has been passed on too often"));
    }
    seat = relays.takeSeat().orElse(null);
    if (seat == null) {
      return Optional.of(
          new Answer.Failed(
              "this pod passes on %d clients, and sluice.kubernetes.max-relays permits no more"
                  .formatted(relays.limit()),
              true));
    }
    connection =
        relays.connect(ctx.channel().eventLoop(), place, asked.terms(), client.address(), contexts);
    return Optional.empty();
  }

  /** Hears the client again, beginning with what it has sent meanwhile. */
  private static void resume(ChannelHandlerContext ctx) {
    if (!ctx.channel().isOpen()) {
      return;
    }
    ctx.channel().config().setAutoRead(true);
    OptionFrameDecoder decoder = ctx.pipeline().get(OptionFrameDecoder.class);
    if (decoder != null) {
      decoder.hold(false);
      ChannelHandlerContext at = ctx.pipeline().context(decoder);
      try {
        decoder.channelRead(at, Unpooled.EMPTY_BUFFER);
      } catch (Exception e) {
        at.fireExceptionCaught(e);
      }
      at.fireChannelReadComplete();
    }
  }

  /** Why a client goes away without the export, in the words that it is told. */
  static RefusedClientException refusal(Place place, Answer.Failed failed) {
    String message = place.referral(failed.why());
    return failed.atLimit()
        ? RefusedClientException.beyond(Limit.RELAYS, ReplyType.ERR_POLICY, message)
        : RefusedClientException.byRule(ReplyType.ERR_POLICY, message);
  }

  /** What there is for a client that was granted an export; it is not this one's any more. */
  Passage passage() {
    OwnerConnection granted = Objects.requireNonNull(connection);
    Relays.Seat taken = Objects.requireNonNull(seat);
    connection = null;
    seat = null;
    return new Passage(relays, granted, taken, hold);
  }

  /** The client has left, or goes on elsewhere. */
  void close() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
    if (seat != null) {
      seat.leave();
      seat = null;
    }
  }
}
