package dev.sluice.server;

import dev.sluice.stream.Transport;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The sessions that run now, each on a platform thread of its own. Thread-safe. */
final class Sessions {

  private final Set<Session> running = ConcurrentHashMap.newKeySet();
  private final AtomicLong started = new AtomicLong();

  /** How many there are. */
  int count() {
    return running.size();
  }

  /**
   * Starts a session, which owns the transport and the client's place in the stream then.
   *
   * @throws OutOfMemoryError when there can be no more threads; the caller still owns both
   */
  void start(Transport transport, NegotiatedExport chosen) {
    Session session = new Session(transport, chosen);
    running.add(session);
    String name = "nbd-" + chosen.export().name() + "-" + started.incrementAndGet();
    // Foreign calls pin a virtual thread's carrier, and these threads do little else.
    Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(session));
    try {
      thread.start();
    } catch (OutOfMemoryError e) { // Java's way to say that there can be no more threads
      running.remove(session);
      throw e;
    }
  }

  private void run(Session session) {
    try {
      session.run();
    } finally {
      running.remove(session);
    }
  }
}
