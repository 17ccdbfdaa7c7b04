package dev.sluice.cli.common;

/** What the program ends with, except where a captive command has failed: then it is that one's. */
public final class ExitCode {

  /** All is done. For a stream: it is COMPLETED. */
  public static final int DONE = 0;

  /** Something failed. For a stream: it is not COMPLETED. */
  public static final int FAILED = 1;

  /** What was typed makes no sense. */
  public static final int USAGE = 2;

  /** A service cannot be reached, or cannot do it now: it may help to try again. */
  public static final int UNREACHABLE = 3;

  /** A service has refused: the request, or the right to send it. */
  public static final int REFUSED = 4;

  private ExitCode() {}
}
