package dev.sluice.export;

import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Waits for exports until nobody is in the middle of one. */
final class BusyExports {

  private final Supplier<List<Export>> exports;
  private final ExportChanges changes;

  BusyExports(Supplier<List<Export>> exports, ExportChanges changes) {
    this.exports = exports;
    this.changes = changes;
  }

  /**
   * Waits until no stream has a client any more, but not longer than this.
   *
   * @return what still runs
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
