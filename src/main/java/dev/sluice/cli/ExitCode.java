package dev.sluice.cli;

/** What the program ends with, except where a captive command has failed: then it is that one's. */
final class ExitCode {

  /** All is done. For a stream: it is COMPLETED. */
  static final int DONE = 0;

  /** Something failed. For a stream: it is not COMPLETED. */
  static final int FAILED = 1;

  /** What was typed makes no sense. */
  static final int USAGE = 2;

  private ExitCode() {}
}
