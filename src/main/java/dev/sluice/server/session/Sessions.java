package dev.sluice.server.session;

import dev.sluice.logging.LogContext;
import dev.sluice.server.thread.ClientThreads;
import dev.sluice.stream.Transport;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The running sessions, each on a platform thread of its own. Thread-safe. */
public final class Sessions {

  // Every user of the machine can see the name of a thread, so it does not name the export.
  private final ClientThreads threads = new ClientThreads("nbd-session-");
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
    return threads.count();
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
    threads.start(number -> run(session, export, number, ended));
  }

  private static void run(Session session, String export, long number, Runnable ended) {
    try (LogContext _ = LogContext.of(export, number)) {
      session.run();
    } finally {
      ended.run();
    }
  }

  /** Waits until all sessions that run now have ended, up to a limit. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    threads.awaitEnd(limit);
  }
}
