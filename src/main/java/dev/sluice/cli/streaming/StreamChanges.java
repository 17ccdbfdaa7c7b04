package dev.sluice.cli.streaming;

import dev.sluice.export.ExportFollower;
import dev.sluice.export.ExportSpec;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what becomes of the stream. Its monitor guards nothing else. */
final class StreamChanges implements ExportFollower, StreamListener {

  /** Not everything that is waited for is told. */
  private static final long LOOK_MILLIS = 50;

  @Override
  public StreamListener follow(ExportSpec spec) {
    return this;
  }

  @Override
  public synchronized void stateChanged(StreamStatus status) {
    notifyAll();
  }

  @Override
  public synchronized void clientLeft() {
    notifyAll();
  }

  /** Waits until something is so. */
  synchronized void await(BooleanSupplier goal) throws InterruptedException {
    while (!goal.getAsBoolean()) {
      wait(LOOK_MILLIS);
    }
  }

  /**
   * Waits until something is so, but not longer than this.
   *
   * @return whether it is
   */
  boolean await(Duration limit, BooleanSupplier goal) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    await(() -> goal.getAsBoolean() || System.nanoTime() - deadline >= 0);
    return goal.getAsBoolean();
  }
}
