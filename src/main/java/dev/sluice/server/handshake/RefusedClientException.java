package dev.sluice.server.handshake;

import dev.sluice.nbd.handshake.InvalidOptionException;
import dev.sluice.nbd.handshake.ReplyType;
import org.jspecify.annotations.Nullable;

/** An option that is well-formed and refused, by a rule or a limit that this service sets. */
final class RefusedClientException extends InvalidOptionException {

  private static final long serialVersionUID = 1L;

  private final HandshakeFailure reason;
  private final @Nullable Limit limit;

  private RefusedClientException(
      HandshakeFailure reason, @Nullable Limit limit, ReplyType errorReply, String message) {
    super(errorReply, message);
    this.reason = reason;
    this.limit = limit;
  }

  /** One that a rule does not permit. */
  static RefusedClientException byRule(ReplyType errorReply, String message) {
    return new RefusedClientException(HandshakeFailure.REFUSED, null, errorReply, message);
  }

  /** One beyond a limit, which the message has with its key. */
  static RefusedClientException beyond(Limit limit, ReplyType errorReply, String message) {
    return new RefusedClientException(HandshakeFailure.LIMIT, limit, errorReply, message);
  }

  /** The limit that was reached, if that is why. */
  @Nullable Limit limit() {
    return limit;
  }

  /** What the client has failed over if it goes without an export now. */
  HandshakeFailure reason() {
    return reason;
  }
}
