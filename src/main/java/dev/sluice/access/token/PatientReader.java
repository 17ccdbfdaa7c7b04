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
 * Runs tasks that may hang, such as reading a file, on one thread of its own, one at a time. A
 * caller waits for its task no longer than the timeout, and as long again for its turn. After a
 * task has hung, calls fail until it has ended, and for at least the timeout. Thread-safe.
 */
final class PatientReader {

  private final long patienceNanos;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final ThreadPoolExecutor thread;

  /** The task that hung; null if none did. Guarded by {@link #turn}. */
  private @Nullable Future<?> hung;

  /**
   * When it was noticed that the task hung, by {@link System#nanoTime}. Guarded by {@link #turn}.
   */
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
   * Runs a task, and returns its result.
   *
   * @throws IOException if it fails, or takes too long
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
      result.cancel(true); // an interrupt ends most reads
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
