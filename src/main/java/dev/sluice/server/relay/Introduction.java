package dev.sluice.server.relay;

import dev.sluice.nbd.handshake.OptionReply;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The owner's side of {@link RelayOption}: verifies that a connection comes from another pod, and
 * learns the address of the client that it relays. Used by the connection's event loop only.
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

  /**
   * Returns the reply to the option; empty if it has to be answered as an unknown one, which it is
   * to anybody but another pod.
   */
  public Optional<ByteBuffer> answer(ByteBuffer data) {
    if (done) {
      return Optional.empty();
    }
    String known = pod;
    pod = null; // a challenge is valid once
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

  /** Returns whether the connection comes from a verified pod. */
  public boolean isDone() {
    return done;
  }

  /** Returns the client's address as that pod gave it; null if the client has none. */
  public @Nullable InetAddress client() {
    return client;
  }
}
