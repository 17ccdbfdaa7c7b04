package dev.sluice.stream;

import java.io.IOException;

/**
 * The client's connection ended before its request or reply was complete. This is an ordinary
 * event.
 */
public final class ClientGoneException extends IOException {

  private static final long serialVersionUID = 1L;

  public ClientGoneException(String message) {
    super(message);
  }
}
