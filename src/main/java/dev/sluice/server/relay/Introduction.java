package dev.sluice.server.relay;

import dev.sluice.nbd.handshake.OptionReply;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether another pod speaks for the client of a connection, and what it says of it. Used by the
 * connection's event loop only.
 */
public final class Introduction {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Elsewhere elsewhere;
  private @Nullable String pod;
  private byte[] challenge = {};
  private boolean done;
  private @Nullable InetAddress client;

  public Introduction(Elsewhere elsewhere) {
    this.elsewhere = elsewhere;
  }

  /** Answers the option; nothing for those to whom it is unknown. */
  public Optional<ByteBuffer> answer(ByteBuffer data) {
    if (done) {
      return Optional.empty();
    }
    String known = pod;
    pod = null; // a challenge counts once
    return known == null ? challenge(data) : check(known, RelayOption.Proof.decode(data));
  }

  private Optional<ByteBuffer> challenge(ByteBuffer data) {
    String name = RelayOption.decodeName(data);
    if (!elsewhere.knows(name)) {
      return Optional.empty();
    }
    pod = name;
    challenge = new byte[RelayOption.CHALLENGE_LENGTH];
    RANDOM.nextBytes(challenge);
    return Optional.of(RelayOption.challenge(challenge));
  }

  private Optional<ByteBuffer> check(String known, RelayOption.Proof proof) {
    byte[] statement = RelayOption.statement(challenge, elsewhere.self(), proof.address());
    if (!proof.isWellFormed() || !elsewhere.hasSigned(known, statement, proof.signature())) {
      return Optional.empty();
    }
    client = proof.client();
    done = true;
    return Optional.of(OptionReply.ack(RelayOption.CODE));
  }

  /** Whether another pod speaks for the client. */
  public boolean isDone() {
    return done;
  }

  /** Where the client connects from, as that pod says; null if not over a network. */
  public @Nullable InetAddress client() {
    return client;
  }
}
