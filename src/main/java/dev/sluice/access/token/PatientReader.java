package dev.sluice.access.token;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Does something that may hang, such as reading a file, on a thread of its own, one at a time. Who
 * asks waits for it no longer than a deadline, and as long again for those before. When it has
 * hung, it is not tried again until it has ended, and no sooner than after the same time.
 * Thread-safe.
 */
final class PatientReader {

  private final long patienceNanos;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final ThreadPoolExecutor thread;

  /** What hung, if anything did; the turn's. */
  private @Nullable Future<?> hung;

  /** When it was noticed that it did; the turn's. */
  private long hungSince;

  PatientReader(Duration patience) {
    patienceNanos = patience.toNanos();
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("tokens-file").factory());
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * What the task returns.
   *
   * @throws IOException when it fails, or hangs
   */
  <T> T call(Callable<T> task) throws IOException {
    try {
      if (!turn.tryLock(patienceNanos, TimeUnit.NANOSECONDS)) {
        throw tooLong();
      }
      try {
        return callInTurn(task);
      } finally {
        turn.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the wait for it was interrupted", e);
    }
  }

  private <T> T callInTurn(Callable<T> task) throws IOException, InterruptedException {
    boolean hangs =
        hung != null
            && (thread.getActiveCount() > 0 || System.nanoTime() - hungSince < patienceNanos);
    if (hangs) {
      throw tooLong();
    }
    hung = null;
    Future<T> result = thread.submit(task);
    try {
      return result.get(patienceNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      result.cancel(true); // which ends most reads
      hung = result;
      hungSince = System.nanoTime();
      throw tooLong();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    }
  }

  private static IOException tooLong() {
    return new IOException("it takes too long");
  }
}
