package dev.sluice.cli.common;

/** Thrown when the command line makes no sense. The message says what was expected. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
