package dev.sluice.cli.common;

import java.io.PrintWriter;

/** How this program says what is wrong. */
public final class ErrorLine {

  private ErrorLine() {}

  /** Writes a line to standard error. */
  public static void print(PrintWriter err, String message) {
    err.println("sluice: error: " + message);
  }
}
