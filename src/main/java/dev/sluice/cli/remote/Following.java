package dev.sluice.cli.remote;

import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.http.ServiceException;
import dev.sluice.cli.remote.view.RemoteExport;
import java.util.function.Consumer;

/** Looks at one export until it has ended. */
final class Following {

  private final Service service;
  private final Poll poll;

  Following(Service service, Poll poll) {
    this.service = service;
    this.poll = poll;
  }

  /**
   * Waits for the end; returns the export as it was then.
   *
   * @param first as the service has just shown it
   * @param seen is told of the export each time that it is looked at
   * @throws FailedException when it is not there any more, so that nobody knows how it has ended
   */
  RemoteExport toTheEnd(RemoteExport first, Consumer<RemoteExport> seen)
      throws InterruptedException {
    String path = ExportName.path(first.id()); // another one can have the name by now
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
