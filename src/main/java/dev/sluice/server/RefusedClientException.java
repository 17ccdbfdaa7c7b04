package dev.sluice.server;

import dev.sluice.nbd.InvalidOptionException;
import dev.sluice.nbd.ReplyType;

/** An option that is well-formed and refused, by a rule or a limit that this service sets. */
final class RefusedClientException extends InvalidOptionException {

  private static final long serialVersionUID = 1L;

  private final HandshakeFailure reason;

  RefusedClientException(HandshakeFailure reason, ReplyType errorReply, String message) {
    super(errorReply, message);
    this.reason = reason;
  }

  /** What the client has failed over if it goes without an export now. */
  HandshakeFailure reason() {
    return reason;
  }
}
