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
 * The threads that carry bytes between peers and streams by HTTP, one for each peer, so that none
 * of the web server's is held. There are so many and no more. Thread-safe.
 */
@Component
public final class DataStreams implements AutoCloseable {

  private final int limit;
  private final Semaphore free;

  /** A thread that a request's own thread started would have its low priority. */
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

  /** How many there may be. */
  public int limit() {
    return limit;
  }

  /** How many there are. */
  public int count() {
    return limit - free.availablePermits();
  }

  /**
   * Runs something on a thread of its own.
   *
   * @param id of the export, which any user may see in the thread's name
   * @return false if there are as many as there may be, or there can be no more threads
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
    } catch (CompletionException e) { // an OutOfMemoryError
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

  /** Starts no more; those that run end with their streams. */
  @Override
  public void close() {
    starter.shutdownNow();
  }
}
