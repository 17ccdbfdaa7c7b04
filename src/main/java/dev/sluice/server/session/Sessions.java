package dev.sluice.server.session;

import dev.sluice.logging.LogContext;
import dev.sluice.stream.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** The running sessions, each on a platform thread of its own. Thread-safe. */
public final class Sessions {

  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final AtomicLong started = new AtomicLong();
  private final RequestObserver observer;
  private final BooleanSupplier stopping;

  /**
   * Creates an instance without sessions.
   *
   * @param observer measures requests
   * @param stopping whether streams end because the service stops; clients then get ESHUTDOWN
   */
  public Sessions(RequestObserver observer, BooleanSupplier stopping) {
    this.observer = observer;
    this.stopping = stopping;
  }

  /** Returns the number of sessions. */
  public int count() {
    return running.size();
  }

  /**
   * Starts a session, which owns the transport and the client's attachment to the stream from then
   * on.
   *
   * @param ended called once when the session has ended; not if it could not be started
   * @throws OutOfMemoryError if no thread can be created; the caller still owns both
   */
  public void start(Transport transport, NegotiatedExport chosen, Runnable ended) {
    Session session = new Session(transport, chosen, observer, stopping);
    String export = chosen.export().name();
    long number = started.incrementAndGet();
    // Platform threads: foreign calls pin the carrier of a virtual thread, and sessions make many.
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("nbd-session-" + number) // every user can see it, so it does not name the export
            .unstarted(() -> run(session, export, number, ended));
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

  private void run(Session session, String export, long number, Runnable ended) {
    try (LogContext _ = LogContext.of(export, number)) {
      session.run();
    } finally {
      ended.run();
      running.remove(Thread.currentThread());
    }
  }

  /** Waits until all sessions that run now have ended, up to a limit. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    List<Thread> now;
    synchronized (running) {
      now = List.copyOf(running);
    }
    for (Thread thread : now) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      if (!thread.join(left)) {
        return;
      }
    }
  }
}
