package dev.sluice.cli.common;

import java.io.PrintWriter;

/** How this program says what is wrong. */
public final class ErrorLine {

  private ErrorLine() {}

  /** Writes to standard error; each line of the message is one of its own. */
  public static void print(PrintWriter err, String message) {
    write(err, "error", message);
  }

  /** The same for what is no error. */
  public static void warn(PrintWriter err, String message) {
    write(err, "warning", message);
  }

  private static void write(PrintWriter err, String kind, String message) {
    message.lines().forEach(line -> err.println("sluice: " + kind + ": " + PlainText.of(line)));
  }
}
