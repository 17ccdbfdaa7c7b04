package dev.sluice.api.data;

import dev.sluice.export.ExportProperties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * The threads that carry bytes between peers by HTTP and streams, one for each peer, so that no
 * thread of the web server is held. Their number is limited. Thread-safe.
 */
@Component
public final class DataStreams implements AutoCloseable {

  private final int limit;
  private final Semaphore free;

  /**
   * Starts the threads. A thread that a request's thread started would inherit its low priority.
   */
  private final ThreadPoolExecutor starter =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("thread-starter").factory());

  DataStreams(ExportProperties properties) {
    limit = properties.dataStreams();
    free = new Semaphore(limit);
    starter.prestartCoreThread();
  }

  /** Returns the maximum number of threads. */
  public int limit() {
    return limit;
  }

  /** Returns the current number of threads. */
  public int count() {
    return limit - free.availablePermits();
  }

  /**
   * Runs a task on a new thread.
   *
   * @param id the export's id, for the thread's name, which any user of the machine may see
   * @return false if the limit is reached, or the thread cannot be created
   */
  boolean start(String id, Runnable task) {
    if (!free.tryAcquire()) {
      return false;
    }
    boolean started = false;
    try {
      Thread thread = Thread.ofPlatform().daemon().name("data-" + id).unstarted(() -> run(task));
      CompletableFuture.runAsync(thread::start, starter).join();
      started = true;
      return true;
    } catch (CompletionException e) { // caused by an OutOfMemoryError
      return false;
    } finally {
      if (!started) {
        free.release();
      }
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } finally {
      free.release();
    }
  }

  /** Starts no more threads. Those that run end with their streams. */
  @Override
  public void close() {
    starter.shutdownNow();
  }
}
