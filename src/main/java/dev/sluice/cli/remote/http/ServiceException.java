package dev.sluice.cli.remote.http;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.FailedException;
import org.jspecify.annotations.Nullable;

/** Thrown when a request fails. */
public final class ServiceException extends FailedException {

  private static final long serialVersionUID = 1L;

  private static final int NONE = 0;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY = 429;

  private final int status;
  private final boolean passing;

  private ServiceException(
      int exitCode, int status, boolean passing, String message, @Nullable Throwable cause) {
    super(exitCode, message, cause);
    this.status = status;
    this.passing = passing;
  }

  /** Creates the failure without a response. */
  static ServiceException unreachable(String message, @Nullable Throwable cause) {
    return new ServiceException(ExitCode.UNREACHABLE, NONE, /* passing= */ true, message, cause);
  }

  /**
   * Creates the failure for a response that is not of a Sluice service, or of one that cannot do it
   * now.
   */
  static ServiceException unable(int status, String message) {
    return new ServiceException(ExitCode.UNREACHABLE, status, /* passing= */ true, message, null);
  }

  /** Somebody has answered who is not to be followed, however often that is tried. */
  static ServiceException distrusted(String message) {
    return new ServiceException(ExitCode.UNREACHABLE, NONE, /* passing= */ false, message, null);
  }

  /** Creates the failure for a refused request. */
  static ServiceException refused(int status, String message) {
    return new ServiceException(ExitCode.REFUSED, status, status == TOO_MANY, message, null);
  }

  /** Returns whether there is no such export. */
  public boolean isNotFound() {
    return status == NOT_FOUND;
  }

  /** Returns whether the same request may succeed a little later. */
  public boolean isPassing() {
    return passing;
  }
}
