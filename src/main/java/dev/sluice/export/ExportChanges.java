package dev.sluice.export;

import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Wakes whoever waits for something of exports. It tells only that there was a change, and not
 * which: whoever waits looks at the exports, so that nobody hears of a state before it is there. It
 * is told of each state, of clients that leave, and of each export more or less.
 */
public final class ExportChanges implements StreamListener {

  private long count;

  /** Something is another way. Waits for nothing, so that it can be called in any lock. */
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

  /** How many changes there have been. */
  public synchronized long count() {
    return count;
  }

  /**
   * Waits for one more change than so many, but not longer than this.
   *
   * @return how many there have been now
   */
  public synchronized long await(long seen, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    for (long left = nanos; count == seen && left > 0; left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return count;
  }

  /**
   * Waits until something of exports is so, but not longer than this.
   *
   * @return whether it is
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
