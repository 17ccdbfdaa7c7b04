package dev.sluice.cli.remote.view;

import dev.sluice.cli.common.PlainText;
import java.io.PrintWriter;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** A progress bar: one line of a terminal, which is rewritten. */
final class ProgressBar implements Progress {

  private static final String START_OF_LINE = "\r";
  private static final String ERASE_REST = "\033[K";
  private static final int WIDTH = 20;
  private static final int LEAST = 20;

  private final PrintWriter out;
  private final IntSupplier columns;
  private final LongSupplier nanos;
  private final Rate rate = new Rate();

  ProgressBar(PrintWriter out, IntSupplier columns, LongSupplier nanos) {
    this.out = out;
    this.columns = columns;
    this.nanos = nanos;
  }

  @Override
  public void show(RemoteExport export) {
    rate.add(export.position(), nanos.getAsLong());
    String bar = export.percent().isPresent() ? " " + bar(export.percent().getAsLong()) : "";
    String line =
        PlainText.of(
            "%s %s%s %s"
                .formatted(export.name(), export.state(), bar, ProgressText.of(export, rate)));
    // Some terminals would wrap after a character in the last column.
    int room = Math.max(LEAST, columns.getAsInt()) - 1;
    out.print(
        START_OF_LINE + (line.length() <= room ? line : line.substring(0, room)) + ERASE_REST);
    out.flush();
  }

  private static String bar(long percent) {
    int done = (int) (percent * WIDTH / 100);
    String head = done < WIDTH && done > 0 ? "=".repeat(done - 1) + ">" : "=".repeat(done);
    return "[" + head + " ".repeat(WIDTH - done) + "]";
  }

  @Override
  public void clear() {
    out.print(START_OF_LINE + ERASE_REST);
    out.flush();
  }
}
