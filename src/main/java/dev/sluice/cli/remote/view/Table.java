package dev.sluice.cli.remote.view;

import dev.sluice.cli.common.PlainText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table with headings. Its columns only get wider while it is written. */
final class Table {

  private static final String GAP = "   ";

  private final PrintWriter out;
  private final List<String> headings;
  private final int[] widths;
  private boolean begun;

  Table(PrintWriter out, List<String> headings) {
    this.out = out;
    this.headings = headings;
    widths = headings.stream().mapToInt(String::length).toArray();
  }

  /** Writes rows, after the headings if these are the first rows. */
  void print(List<List<String>> rows) {
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    if (!begun) {
      begun = true;
      line(headings);
    }
    rows.forEach(this::line);
    out.flush();
  }

  private void line(List<String> row) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      String text = PlainText.of(row.get(i));
      cells.add(text + " ".repeat(widths[i] - text.length()));
    }
    out.println(String.join(GAP, cells).stripTrailing());
  }
}
