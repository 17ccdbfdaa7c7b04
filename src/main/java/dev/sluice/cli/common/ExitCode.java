package dev.sluice.cli.common;

/**
 * The exit codes of the program. If the command of {@code --run} fails, its own exit code is used
 * instead.
 */
public final class ExitCode {

  /** Success. For a stream: it is COMPLETED. */
  public static final int DONE = 0;

  /** Failure. For a stream: it is not COMPLETED. */
  public static final int FAILED = 1;

  /** The command line makes no sense. */
  public static final int USAGE = 2;

  /** A service cannot be reached, or cannot do it now. Trying again may help. */
  public static final int UNREACHABLE = 3;

  /** A service has refused the request, or the right to send it. */
  public static final int REFUSED = 4;

  private ExitCode() {}
}
