package dev.sluice.cli.remote;

import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.remote.http.ServiceException;
import dev.sluice.cli.remote.view.ExportPrinter;
import dev.sluice.cli.remote.view.RemoteExport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Writes exports, and after that those that have changed since the last request. */
final class Changes {

  private final ExportPrinter printer;
  private final PrintWriter out;

  /** The exports of the last response, by id. */
  private final Map<String, RemoteExport> known = new LinkedHashMap<>();

  Changes(ExportPrinter printer, PrintWriter out) {
    this.printer = printer;
    this.out = out;
  }

  /** Polls until standard output is closed; or, with {@code one}, until that export is deleted. */
  void follow(Poll poll, Supplier<List<RemoteExport>> request, boolean one)
      throws InterruptedException {
    do {
      write(poll.ask(() -> ask(request)));
      if (out.checkError()) {
        throw new FailedException("standard output has been closed");
      }
      if (one && known.isEmpty()) {
        return;
      }
      poll.pause();
    } while (true);
  }

  /** Sends the request. If an export was known, "not found" means that it was deleted. */
  private List<RemoteExport> ask(Supplier<List<RemoteExport>> request) {
    try {
      return request.get();
    } catch (ServiceException e) {
      if (e.isNotFound() && !known.isEmpty()) {
        return List.of();
      }
      throw e;
    }
  }

  private void write(List<RemoteExport> exports) {
    Map<String, RemoteExport> gone = new LinkedHashMap<>(known);
    List<RemoteExport> changed = new ArrayList<>();
    for (RemoteExport export : exports) {
      RemoteExport before = gone.remove(export.id());
      if (before == null || !printer.look(before).equals(printer.look(export))) {
        changed.add(export);
      }
      known.put(export.id(), export);
    }
    gone.forEach(
        (id, export) -> {
          printer.printDeleted(export);
          known.remove(id);
        });
    if (!changed.isEmpty()) {
      printer.print(changed);
    }
  }
}
