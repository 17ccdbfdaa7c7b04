package dev.sluice.endpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A path that cannot be an endpoint; the message says why and what would do. */
public final class RefusedEndpointException extends IOException {

  private static final long serialVersionUID = 1L;

  RefusedEndpointException(String message) {
    this(message, null);
  }

  RefusedEndpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
