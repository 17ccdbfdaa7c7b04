package dev.sluice.export;

import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Wakes threads that wait for a change of exports. It reports only that something has changed, not
 * what: a waiting thread looks at the exports itself, so it never hears of a state before that is
 * visible. Changes are new states, clients that leave, and exports that are added or removed.
 */
public final class ExportChanges implements StreamListener {

  private long count;

  /** Reports a change. It never blocks, so it may be called while holding any lock. */
  public synchronized void note() {
    count++;
    notifyAll();
  }

  @Override
  public void stateChanged(StreamStatus status) {
    note();
  }

  @Override
  public void clientLeaves() {
    note();
  }

  @Override
  public void clientLeft() {
    note();
  }

  /** Returns the number of changes so far. */
  public synchronized long count() {
    return count;
  }

  /**
   * Waits until there were more than {@code seen} changes, or the time is over.
   *
   * @return the number of changes so far
   */
  public synchronized long await(long seen, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    for (long left = nanos; count == seen && left > 0; left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return count;
  }

  /**
   * Waits until a condition holds that depends on exports, or the time is over.
   *
   * @return whether it holds
   */
  public boolean await(BooleanSupplier wanted, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (long seen = count(); !wanted.getAsBoolean(); ) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      seen = await(seen, left);
    }
    return true;
  }
}
