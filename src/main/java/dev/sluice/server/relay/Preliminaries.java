package dev.sluice.server.relay;

import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.Dialect;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options that an owner has to accept before a client's options are forwarded to it: {@link
 * RelayOption}, and those that the client has negotiated with this pod. It does no I/O.
 */
final class Preliminaries {

  private enum State {
    CHALLENGE,
    PROOF,
    DIALECT,
    CONTEXTS,
    OVER
  }

  /** Thrown when the owner refuses. The message is the reason, as the client is told it. */
  static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedException(String why) {
      super(why);
    }
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Elsewhere elsewhere;
  private final Place place;
  private final Dialect dialect;
  private final @Nullable InetAddress client;
  private final @Nullable ByteBuffer contexts;
  private State state = State.CHALLENGE;

  Preliminaries(
      Elsewhere elsewhere,
      Place place,
      Dialect dialect,
      @Nullable InetAddress client,
      @Nullable ByteBuffer contexts) {
    this.elsewhere = elsewhere;
    this.place = place;
    this.dialect = dialect;
    this.client = client;
    this.contexts = contexts;
  }

  /** Returns the first option to send. */
  ByteBuffer first() {
    return RelayOption.option(RelayOption.CODE, RelayOption.encodeName(elsewhere.self()));
  }

  /** Returns whether no option is left to send. */
  boolean isOver() {
    return state == State.OVER;
  }

  /**
   * Takes a reply, and returns the option to send next. Empty if another reply is due, or if no
   * option is left.
   *
   * @throws RefusedException if the owner refuses
   */
  Optional<ByteBuffer> next(OwnerReply reply) throws RefusedException {
    return switch (state) {
      case CHALLENGE -> {
        require(reply, RelayOption.CODE);
        yield advance(State.PROOF, RelayOption.CODE, proof(reply.data()));
      }
      case PROOF -> {
        require(reply, ReplyType.ACK.code());
        yield dialect == Dialect.SIMPLE
            ? selectContexts()
            : advance(State.DIALECT, dialectOption(), NOTHING);
      }
      case DIALECT -> {
        require(reply, ReplyType.ACK.code());
        yield selectContexts();
      }
      case CONTEXTS -> {
        state = reply.isLast() ? State.OVER : state; // an error too: the export may be another
        yield Optional.empty();
      }
      case OVER -> throw new IllegalStateException("no option is left");
    };
  }

  private static void require(OwnerReply reply, int type) throws RefusedException {
    if (reply.type() != type) {
      throw new RefusedException(refusal(reply));
    }
  }

  /** Returns why clients cannot be relayed to an owner that has sent this reply. */
  static String refusal(OwnerReply reply) {
    return reply.is(ReplyType.ERR_TLS_REQD)
        ? "TLS has to be started there, and clients with TLS are not passed on"
        : "it does not accept clients from this pod now";
  }

  private ByteBuffer proof(byte[] challenge) {
    byte[] address = RelayOption.bytes(client);
    byte[] statement = RelayOption.statement(challenge, place.owner(), address);
    return new RelayOption.Proof(address, elsewhere.sign(statement)).encode();
  }

  private int dialectOption() {
    return dialect == Dialect.EXTENDED
        ? OptionCode.EXTENDED_HEADERS.code()
        : OptionCode.STRUCTURED_REPLY.code();
  }

  private Optional<ByteBuffer> selectContexts() {
    if (contexts != null) {
      return advance(State.CONTEXTS, OptionCode.SET_META_CONTEXT.code(), contexts);
    }
    state = State.OVER;
    return Optional.empty();
  }

  private Optional<ByteBuffer> advance(State next, int code, ByteBuffer data) {
    state = next;
    return Optional.of(RelayOption.option(code, data));
  }
}
