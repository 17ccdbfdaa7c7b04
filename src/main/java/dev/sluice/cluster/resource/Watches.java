package dev.sluice.cluster.resource;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Those who wait until something has become of a resource. They look again whenever this pod learns
 * anything of any. Thread-safe.
 */
public final class Watches {

  /** How often something was told. */
  private long count;

  /** This pod has learnt something. */
  public synchronized void tell() {
    count++;
    notifyAll();
  }

  /**
   * Waits until something is so, or the time is over.
   *
   * @param known what is known of the resource now; takes no lock
   * @return what is known of it at last, be it as expected or not
   */
  public Optional<StreamExport> await(
      Supplier<Optional<StreamExport>> known,
      Predicate<Optional<StreamExport>> isSo,
      Duration limit)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      long seen = count();
      Optional<StreamExport> now = known.get();
      long left = deadline - System.nanoTime();
      if (left <= 0 || isSo.test(now)) {
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
