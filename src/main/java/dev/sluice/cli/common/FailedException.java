package dev.sluice.cli.common;

import org.jspecify.annotations.Nullable;

/** Thrown when a command fails. The message is for the user. */
public class FailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** Creates a failure with {@link ExitCode#FAILED}. */
  public FailedException(String message) {
    this(ExitCode.FAILED, message, null);
  }

  /** Creates a failure with {@link ExitCode#FAILED} and a cause. */
  public FailedException(String message, Throwable cause) {
    this(ExitCode.FAILED, message, cause);
  }

  /** Creates a failure with another exit code. */
  public FailedException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** Returns the exit code of the process. */
  public int exitCode() {
    return exitCode;
  }
}
