package dev.sluice.nbd;

import dev.sluice.nbd.transmission.NbdError;
import java.io.IOException;

/** The server refused a request of {@link RawNbdClient}; the connection is still good. */
public final class NbdErrorException extends IOException {

  private final NbdError error;

  public NbdErrorException(NbdError error) {
    super(error.toString());
    this.error = error;
  }

  public NbdError error() {
    return error;
  }
}
