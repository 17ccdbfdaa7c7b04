package dev.sluice.cli.remote.view;

import java.io.PrintWriter;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** How far a stream has come, for whoever waits for it. */
public sealed interface Progress permits ProgressBar, ProgressLines {

  /**
   * One for standard output: a line that changes if that is a terminal, and lines otherwise.
   *
   * @param columns how wide the terminal is; 0: it is none
   * @param nanos a clock that only goes on
   */
  static Progress on(PrintWriter out, IntSupplier columns, LongSupplier nanos) {
    return columns.getAsInt() > 0
        ? new ProgressBar(out, columns, nanos)
        : new ProgressLines(out, nanos);
  }

  /** Shows an export as it is now. */
  void show(RemoteExport export);

  /** Makes room for other lines. */
  void clear();
}
