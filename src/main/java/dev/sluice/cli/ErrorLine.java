package dev.sluice.cli;

import java.io.PrintWriter;

/** How this program says what is wrong. */
final class ErrorLine {

  private ErrorLine() {}

  static void print(PrintWriter err, String message) {
    err.println("sluice: error: " + message);
  }
}
