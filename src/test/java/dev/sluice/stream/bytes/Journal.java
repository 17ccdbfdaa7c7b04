package dev.sluice.stream.bytes;

import java.util.ArrayList;
import java.util.List;

/** What was done with one stream, for whoever has to find out what went wrong. */
final class Journal {

  private static final int LAST = 100;

  private final List<String> lines = new ArrayList<>();

  void note(String format, Object... arguments) {
    lines.add(format.formatted(arguments));
  }

  @Override
  public String toString() {
    int skipped = Math.max(0, lines.size() - LAST);
    String last = String.join("\n  ", lines.subList(skipped, lines.size()));
    return (skipped > 0 ? "  … %d more\n  ".formatted(skipped) : "  ") + last;
  }
}
