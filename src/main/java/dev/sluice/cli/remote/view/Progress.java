package dev.sluice.cli.remote.view;

import java.io.PrintWriter;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Shows the progress of a stream to a user who waits for it. */
public sealed interface Progress permits ProgressBar, ProgressLines {

  /**
   * Creates a progress for standard output: a line that is rewritten if that is a terminal, and
   * separate lines otherwise.
   *
   * @param columns the width of the terminal; 0 if there is none
   * @param nanos a monotonic clock, in nanoseconds
   */
  static Progress on(PrintWriter out, IntSupplier columns, LongSupplier nanos) {
    return columns.getAsInt() > 0
        ? new ProgressBar(out, columns, nanos)
        : new ProgressLines(out, nanos);
  }

  /** Shows the current state of an export. */
  void show(RemoteExport export);

  /** Clears the progress, so that other lines can be written. */
  void clear();
}
