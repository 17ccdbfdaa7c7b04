package dev.sluice.cli.common;

/** What was asked for cannot be done; the message is for people. */
public final class FailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A complaint. */
  public FailedException(String message) {
    super(message);
  }

  /** A complaint, and what has caused it. */
  public FailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
