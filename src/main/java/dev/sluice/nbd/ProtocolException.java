package dev.sluice.nbd;

import java.io.IOException;
import java.io.Serial;

/**
 * The client violated the protocol, so that the limits of its next message are unknown: close the
 * connection.
 *
 * <p>Sections "Termination of the session during option haggling" and "Terminating the transmission
 * phase".
 */
public class ProtocolException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was received and what was expected
   */
  public ProtocolException(String message) {
    super(message);
  }
}
