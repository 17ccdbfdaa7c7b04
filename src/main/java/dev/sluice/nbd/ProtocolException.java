package dev.sluice.nbd;

import java.io.IOException;
import java.io.Serial;

/**
 * The client broke the protocol so that its next bytes cannot be told apart: drop the connection.
 *
 * <p>Sections "Termination of the session during option haggling" and "Terminating the transmission
 * phase".
 */
public class ProtocolException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  /** {@code message} says what was received and what was expected. */
  public ProtocolException(String message) {
    super(message);
  }
}
