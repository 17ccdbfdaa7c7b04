package dev.sluice.cli.common;

/** What was typed makes no sense; the message says what was expected. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A complaint. */
  public UsageException(String message) {
    super(message);
  }
}
