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
 * Forwards options of one client to the pod that owns the export. Reading from the client stops
 * until that pod has replied. Confined to the client's event loop.
 */
public final class Forwarding {

  /** How many connections to other pods a client may cause, by naming one export after another. */
  private static final int MAX_CONNECTIONS = 32;

  private final Relays relays;
  private final Supplier<Runnable> hold;
  private @Nullable OwnerConnection connection;
  private Relays.@Nullable Seat seat;
  private int connections;
  private boolean busy;

  /**
   * The data of the client's last SET_META_CONTEXT, if it was forwarded and accepted; null
   * otherwise.
   */
  private @Nullable ByteBuffer contexts;

  /**
   * Creates an instance for a client that has just connected.
   *
   * @param hold retains the client's connection permit; the result releases it
   */
  public Forwarding(Relays relays, Supplier<Runnable> hold) {
    this.relays = relays;
    this.hold = hold;
  }

  /** Returns whether a reply of another pod is awaited. */
  boolean isBusy() {
    return busy;
  }

  /**
   * Notes an option. A SET_META_CONTEXT drops the contexts that were selected before, whatever
   * comes of it.
   */
  void note(OptionFrame frame) {
    if (frame.code() == OptionCode.SET_META_CONTEXT.code()) {
      contexts = null;
    }
  }

  /**
   * Forwards an option.
   *
   * @param client the client that has sent it
   * @param answered called once with the outcome
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

  /** Connects to the owner if needed; returns the reason if that is not possible. */
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

  /** Resumes reading from the client, first with the bytes that have come meanwhile. */
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

  /**
   * Returns the refusal of an option that could not be forwarded, with the message for the client.
   */
  static RefusedClientException refusal(Place place, Answer.Failed failed) {
    String message = place.referral(failed.why());
    return failed.atLimit()
        ? RefusedClientException.beyond(Limit.RELAYS, ReplyType.ERR_POLICY, message)
        : RefusedClientException.byRule(ReplyType.ERR_POLICY, message);
  }

  /** Hands over the connection and the seat of a client that was granted an export. */
  Passage passage() {
    OwnerConnection granted = Objects.requireNonNull(connection);
    Relays.Seat taken = Objects.requireNonNull(seat);
    connection = null;
    seat = null;
    return new Passage(relays, granted, taken, hold);
  }

  /** Closes the connection to the owner, and leaves the seat. */
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
