package dev.sluice.cli.remote;

import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.http.ServiceException;
import dev.sluice.cli.remote.view.RemoteExport;
import java.util.function.Consumer;

/** Polls one export until it has ended. */
final class Following {

  private final Service service;
  private final Poll poll;

  Following(Service service, Poll poll) {
    this.service = service;
    this.poll = poll;
  }

  /**
   * Waits for the end, and returns the export as it was then.
   *
   * @param first the export as the service has just described it
   * @param seen is called with the export after each request
   * @throws FailedException when it does not exist any more, so that its end is unknown
   */
  RemoteExport toTheEnd(RemoteExport first, Consumer<RemoteExport> seen)
      throws InterruptedException {
    String path = ExportName.path(first.id()); // another export may get the name
    RemoteExport export = first;
    poll.noteAnswer();
    seen.accept(export);
    while (!export.hasEnded()) {
      poll.pause();
      export = look(path, export);
      seen.accept(export);
    }
    return export;
  }

  private RemoteExport look(String path, RemoteExport before) throws InterruptedException {
    try {
      return RemoteExport.of(poll.ask(() -> service.get(path)).json());
    } catch (ServiceException e) {
      if (e.isNotFound()) {
        throw new FailedException(
            "%s was deleted, or its service has started again; it was %s at %d, and nobody knows whether it is complete"
                .formatted(before.name(), before.state(), before.position()),
            e);
      }
      throw e;
    }
  }
}
