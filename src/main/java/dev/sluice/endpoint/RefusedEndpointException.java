package dev.sluice.endpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A path that cannot be an endpoint; the message says why and what would do. */
public final class RefusedEndpointException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean becauseOfRoot;

  RefusedEndpointException(String message) {
    this(message, null);
  }

  RefusedEndpointException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private RefusedEndpointException(
      String message, @Nullable Throwable cause, boolean becauseOfRoot) {
    super(message, cause);
    this.becauseOfRoot = becauseOfRoot;
  }

  static RefusedEndpointException becauseOfRoot(String message) {
    return new RefusedEndpointException(message, null, true);
  }

  /** Whether no other path below the same root would do, either. */
  public boolean isBecauseOfRoot() {
    return becauseOfRoot;
  }
}
