package dev.sluice.export;

import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits for exports until nobody is in the middle of one. The monitor guards nothing else. */
final class BusyExports {

  private final ExportTable exports;

  BusyExports(ExportTable exports) {
    this.exports = exports;
  }

  /**
   * Waits until no stream has a client any more, but not longer than this.
   *
   * @return what still runs
   */
  synchronized List<Export> await(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      List<Export> busy = exports.all().stream().filter(BusyExports::isBusy).toList();
      long left = deadline - System.nanoTime();
      if (busy.isEmpty() || left <= 0) {
        return busy;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  /** One may not be busy any more. */
  synchronized void changed() {
    notifyAll();
  }

  private static boolean isBusy(Export export) {
    StreamStatus status = export.stream().status();
    boolean moving = status.clients() > 0 || export.stream().isFinishingWithPeer();
    return !status.state().ended() && moving;
  }
}
