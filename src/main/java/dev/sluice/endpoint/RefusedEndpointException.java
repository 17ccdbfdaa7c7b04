package dev.sluice.endpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A path that cannot be an endpoint. The message says why, and what was expected. */
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

  /**
   * Returns whether the root is the reason, so that no other path below it would be accepted
   * either.
   */
  public boolean isBecauseOfRoot() {
    return becauseOfRoot;
  }
}
