package dev.sluice.cluster.resource;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Lets threads wait for a change of a resource. Each change of any resource wakes all of them.
 * Thread-safe.
 */
public final class ResourceWaiters {

  /** Changes so far. */
  private long count;

  /** Wakes all waiting threads, after a change of any resource. */
  public synchronized void tell() {
    count++;
    notifyAll();
  }

  /**
   * Waits until a resource satisfies a condition, or the time is over.
   *
   * @param known returns what is known of the resource now; must not take a lock
   * @return what is known of it at the end, whether it satisfies the condition or not
   */
  public Optional<StreamExport> await(
      Supplier<Optional<StreamExport>> known,
      Predicate<Optional<StreamExport>> condition,
      Duration limit)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      long seen = count();
      Optional<StreamExport> now = known.get();
      long left = deadline - System.nanoTime();
      if (left <= 0 || condition.test(now)) {
        return now;
      }
      awaitNext(seen, left);
    }
  }

  private synchronized long count() {
    return count;
  }

  private synchronized void awaitNext(long seen, long nanos) throws InterruptedException {
    if (count == seen) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(nanos, TimeUnit.MILLISECONDS.toNanos(1)));
    }
  }
}
