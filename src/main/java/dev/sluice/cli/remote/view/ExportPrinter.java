package dev.sluice.cli.remote.view;

import dev.sluice.cli.common.PlainText;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/** Writes exports to standard output, in the format of {@code -o}. */
public final class ExportPrinter {

  private static final String NONE = "-";
  private static final String DELETED = "DELETED";
  private static final int STATE = 2;
  private static final int AGE = 7;

  private static final List<String> HEADINGS =
      List.of("NAME", "DIRECTION", "STATE", "POSITION", "SIZE", "DONE", "CLIENTS", "AGE");
  private static final List<String> MORE = List.of("PATH", "URI", "POD", "REASON");

  private final Format format;
  private final PrintWriter out;
  private final Clock clock;
  private final Table table;

  /**
   * Creates a printer.
   *
   * @param clock the clock for the ages of exports
   */
  public ExportPrinter(Format format, PrintWriter out, Clock clock) {
    this.format = format;
    this.out = out;
    this.clock = clock;
    table = new Table(out, format == Format.WIDE ? joined(HEADINGS, MORE) : HEADINGS);
  }

  /**
   * Writes exports.
   *
   * @param body the service's response, which is written as it is if the format is JSON
   */
  public void print(List<RemoteExport> exports, String body) {
    if (format == Format.JSON) {
      out.println(body.stripTrailing());
    } else {
      print(exports);
    }
  }

  /** Writes exports. As JSON, each is one line. */
  public void print(List<RemoteExport> exports) {
    switch (format) {
      case JSON -> exports.forEach(export -> out.println(export.json()));
      case NAME -> exports.forEach(export -> out.println(PlainText.of(export.name())));
      case TABLE, WIDE -> table.print(exports.stream().map(this::row).toList());
    }
  }

  /** Writes that an export was deleted, as if that were a state. */
  public void printDeleted(RemoteExport export) {
    switch (format) {
      case JSON -> out.println(((ObjectNode) export.json()).deepCopy().put("state", DELETED));
      case NAME -> out.println(PlainText.of(export.name()));
      case TABLE, WIDE -> {
        List<String> row = new ArrayList<>(row(export));
        row.set(STATE, DELETED);
        table.print(List.of(row));
      }
    }
  }

  /**
   * Returns what is written of an export, except its age. Equal results mean that nothing has
   * changed.
   */
  public Object look(RemoteExport export) {
    if (format == Format.JSON) {
      return export.json();
    }
    List<String> row = new ArrayList<>(row(export));
    row.remove(AGE);
    return row;
  }

  private List<String> row(RemoteExport export) {
    OptionalLong size = export.size();
    OptionalLong percent = export.percent();
    OptionalLong clients = export.number("clients");
    List<String> row =
        List.of(
            export.name(),
            export.text("direction").orElse(NONE),
            export.state(),
            Amounts.bytes(export.position()),
            size.isPresent() ? Amounts.bytes(size.getAsLong()) : NONE,
            percent.isPresent() ? percent.getAsLong() + "%" : NONE,
            clients.isPresent() ? Long.toString(clients.getAsLong()) : NONE,
            export
                .time("createdAt")
                .map(since -> Amounts.age(Duration.between(since, clock.instant())))
                .orElse(NONE));
    return format == Format.WIDE ? joined(row, details(export)) : row;
  }

  private static List<String> details(RemoteExport export) {
    return List.of(
        export.text("path").orElse(NONE),
        export.uri().orElse(NONE),
        export.text("pod").orElse(NONE),
        export.reason().orElse(NONE));
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
