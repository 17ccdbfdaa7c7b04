package dev.sluice.server.relay;

import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.Dialect;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of an export has to hear before it hears a client: who speaks for whom, and what
 * the client has agreed on. It does no I/O.
 */
final class Preliminaries {

  private enum State {
    CHALLENGE,
    PROOF,
    DIALECT,
    CONTEXTS,
    OVER
  }

  /** The owner does not agree; the message says why, for the client. */
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

  /** The first option to send. */
  ByteBuffer first() {
    return RelayOption.option(RelayOption.CODE, RelayOption.encodeName(elsewhere.self()));
  }

  /** Whether there is nothing left to say. */
  boolean isOver() {
    return state == State.OVER;
  }

  /**
   * The option to send after a reply; nothing if another reply follows, or all is said.
   *
   * @throws RefusedException if the owner does not agree
   */
  Optional<ByteBuffer> next(OwnerReply reply) throws RefusedException {
    return switch (state) {
      case CHALLENGE -> {
        require(reply, RelayOption.CODE);
        yield say(State.PROOF, RelayOption.CODE, proof(reply.data()));
      }
      case PROOF -> {
        require(reply, ReplyType.ACK.code());
        yield dialect == Dialect.SIMPLE
            ? selectContexts()
            : say(State.DIALECT, dialectOption(), NOTHING);
      }
      case DIALECT -> {
        require(reply, ReplyType.ACK.code());
        yield selectContexts();
      }
      case CONTEXTS -> {
        state = reply.isLast() ? State.OVER : state;
        yield Optional.empty();
      }
      case OVER -> throw new IllegalStateException("all is said");
    };
  }

  private static void require(OwnerReply reply, int type) throws RefusedException {
    if (reply.type() != type) {
      throw new RefusedException(refusal(reply));
    }
  }

  /** Why a client is not passed on to an owner that has replied so. */
  static String refusal(OwnerReply reply) {
    return reply.is(ReplyType.ERR_TLS_REQD)
        ? "TLS has to be started there, and clients with TLS are not passed on"
        : "it takes no clients from here now";
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
      return say(State.CONTEXTS, OptionCode.SET_META_CONTEXT.code(), contexts);
    }
    state = State.OVER;
    return Optional.empty();
  }

  private Optional<ByteBuffer> say(State next, int code, ByteBuffer data) {
    state = next;
    return Optional.of(RelayOption.option(code, data));
  }
}
