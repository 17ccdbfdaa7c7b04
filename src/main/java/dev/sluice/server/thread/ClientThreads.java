package dev.sluice.server.thread;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Daemon platform threads, one for each client: foreign calls pin the carrier of a virtual thread,
 * and serving a client makes many. Thread-safe.
 */
public final class ClientThreads {

  private final String prefix;

  /**
   * Threads that were started and have not ended. The monitor makes adding and starting one step.
   */
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();

  private final AtomicLong started = new AtomicLong();

  /**
   * Creates an instance without threads.
   *
   * @param prefix the name of each thread, before its number; every user of the machine can see it
   */
  public ClientThreads(String prefix) {
    this.prefix = prefix;
  }

  /** Returns the number of threads. */
  public int count() {
    return running.size();
  }

  /**
   * Starts a thread.
   *
   * @param work gets the number of the thread, which is 1 or more
   * @throws OutOfMemoryError if no thread can be created; {@code work} is not run then
   */
  public void start(LongConsumer work) {
    long number = started.incrementAndGet();
    Thread thread =
        Thread.ofPlatform().daemon().name(prefix + number).unstarted(() -> run(work, number));
    synchronized (running) { // so that nobody joins a thread that has not started
      running.add(thread);
      try {
        thread.start();
      } catch (OutOfMemoryError e) { // no thread can be created
        running.remove(thread);
        throw e;
      }
    }
  }

  private void run(LongConsumer work, long number) {
    try {
      work.accept(number);
    } finally {
      running.remove(Thread.currentThread());
    }
  }

  /** Waits until all threads that run now have ended, up to a limit. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    List<Thread> now;
    synchronized (running) {
      now = List.copyOf(running);
    }
    for (Thread thread : now) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || !thread.join(Duration.ofNanos(left))) {
        return;
      }
    }
  }
}
