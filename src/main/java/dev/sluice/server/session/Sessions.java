package dev.sluice.server.session;

import dev.sluice.logging.LogContext;
import dev.sluice.stream.Transport;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** The sessions that run now, each on a platform thread of its own. Thread-safe. */
public final class Sessions {

  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final AtomicLong started = new AtomicLong();
  private final RequestObserver observer;
  private final BooleanSupplier stopping;

  /**
   * None yet.
   *
   * @param observer who measures their requests
   * @param stopping whether streams end because the service does, which clients are told then
   */
  public Sessions(RequestObserver observer, BooleanSupplier stopping) {
    this.observer = observer;
    this.stopping = stopping;
  }

  /** How many there are. */
  public int count() {
    return running.size();
  }

  /**
   * Starts a session, which owns the transport and the client's place in the stream then.
   *
   * @param ended what is called once, when the session has ended; not if it could not begin
   * @throws OutOfMemoryError when there can be no more threads; the caller still owns both
   */
  public void start(Transport transport, NegotiatedExport chosen, Runnable ended) {
    Session session = new Session(transport, chosen, observer, stopping);
    String export = chosen.export().name();
    long number = started.incrementAndGet();
    // Foreign calls pin a virtual thread's carrier, and these threads do little else.
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("nbd-session-" + number) // any user may see it, so it has no export's name
            .unstarted(() -> run(session, export, number, ended));
    running.add(thread);
    try {
      thread.start();
    } catch (OutOfMemoryError e) { // Java's way to say that there can be no more threads
      running.remove(thread);
      throw e;
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

  /** Waits until all sessions that run now have ended, but not longer than this. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (Thread thread : running) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      if (!thread.join(left)) {
        return;
      }
    }
  }
}
