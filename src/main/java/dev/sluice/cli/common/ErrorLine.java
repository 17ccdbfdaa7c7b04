package dev.sluice.cli.common;

import java.io.PrintWriter;

/** Prints errors and warnings. */
public final class ErrorLine {

  private ErrorLine() {}

  /** Prints an error, with the prefix on each line of the message. */
  public static void print(PrintWriter err, String message) {
    write(err, "error", message);
  }

  /** Prints a warning, with the prefix on each line of the message. */
  public static void warn(PrintWriter err, String message) {
    write(err, "warning", message);
  }

  private static void write(PrintWriter err, String kind, String message) {
    message.lines().forEach(line -> err.println("sluice: " + kind + ": " + PlainText.of(line)));
  }
}
