package dev.sluice.stream;

import java.io.IOException;

/** The client's connection ended in the middle of something; an ordinary event. */
public final class ClientGoneException extends IOException {

  private static final long serialVersionUID = 1L;

  public ClientGoneException(String message) {
    super(message);
  }
}
