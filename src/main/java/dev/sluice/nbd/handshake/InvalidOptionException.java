package dev.sluice.nbd.handshake;

import java.io.Serial;

/**
 * An option that was received whole and is refused. The server replies with {@link #errorReply()}
 * and waits for the next option. Only {@link OptionCode#EXPORT_NAME} has no error reply, so the
 * connection has to be closed.
 */
public class InvalidOptionException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private final ReplyType errorReply;
  private final String message;

  /**
   * Creates an exception.
   *
   * @param errorReply an error
   * @param message for the client: what was wrong, and what was expected
   */
  public InvalidOptionException(ReplyType errorReply, String message) {
    super(message);
    this.errorReply = errorReply;
    this.message = message;
  }

  /** Returns the message for the client. It is never null, unlike that of other exceptions. */
  @Override
  public String getMessage() {
    return message;
  }

  /** Returns the error to reply with. */
  public ReplyType errorReply() {
    return errorReply;
  }
}
