package dev.sluice.cli.common;

import org.jspecify.annotations.Nullable;

/** What was asked for cannot be done; the message is for people. */
public class FailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** A complaint. */
  public FailedException(String message) {
    this(ExitCode.FAILED, message, null);
  }

  /** A complaint, and what has caused it. */
  public FailedException(String message, Throwable cause) {
    this(ExitCode.FAILED, message, cause);
  }

  /** A complaint with a status of its own. */
  public FailedException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** What the process is to end with. */
  public int exitCode() {
    return exitCode;
  }
}
