package dev.sluice.server.handshake;

import dev.sluice.nbd.handshake.InvalidOptionException;
import dev.sluice.nbd.handshake.ReplyType;
import org.jspecify.annotations.Nullable;

/** A well-formed option that a rule or a limit of this service refuses. */
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

  /** Returns the refusal of an option that a rule does not permit. */
  static RefusedClientException byRule(ReplyType errorReply, String message) {
    return new RefusedClientException(HandshakeFailure.REFUSED, null, errorReply, message);
  }

  /** Returns the refusal of an option beyond a limit. The message has the limit and its key. */
  static RefusedClientException beyond(Limit limit, ReplyType errorReply, String message) {
    return new RefusedClientException(HandshakeFailure.LIMIT, limit, errorReply, message);
  }

  /** Returns the limit that was reached; null if a rule is the reason. */
  @Nullable Limit limit() {
    return limit;
  }

  /** Returns the failure to record if the client leaves without an export now. */
  HandshakeFailure reason() {
    return reason;
  }
}
