package dev.sluice.nbd.handshake;

import java.io.Serial;

/**
 * An option arrived whole, but what it holds cannot be served: answer with {@link #errorReply()}
 * and carry on. Only after {@link OptionCode#EXPORT_NAME}, which has no error reply, must the
 * connection be dropped.
 */
public class InvalidOptionException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private final ReplyType errorReply;
  private final String message;

  /** {@code message} is for the client: what was wrong, and what was expected. */
  public InvalidOptionException(ReplyType errorReply, String message) {
    super(message);
    this.errorReply = errorReply;
    this.message = message;
  }

  /** The message for the client; unlike other exceptions', never null. */
  @Override
  public String getMessage() {
    return message;
  }

  /** The error to answer with. */
  public ReplyType errorReply() {
    return errorReply;
  }
}
