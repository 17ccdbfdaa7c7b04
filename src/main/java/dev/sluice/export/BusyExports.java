package dev.sluice.export;

import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Waits until no export is in use. */
final class BusyExports {

  private final Supplier<List<Export>> exports;
  private final ExportChanges changes;

  BusyExports(Supplier<List<Export>> exports, ExportChanges changes) {
    this.exports = exports;
    this.changes = changes;
  }

  /**
   * Waits until no stream has a client or is being finished, or the time is over.
   *
   * @return the exports that are still in use
   */
  List<Export> await(Duration limit) throws InterruptedException {
    changes.await(() -> busy().isEmpty(), limit);
    return busy();
  }

  private List<Export> busy() {
    return exports.get().stream().filter(BusyExports::isBusy).toList();
  }

  private static boolean isBusy(Export export) {
    StreamStatus status = export.stream().status();
    boolean moving = status.clients() > 0 || export.stream().isFinishingWithPeer();
    return !status.state().ended() && moving;
  }
}
