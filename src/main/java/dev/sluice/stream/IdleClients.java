package dev.sluice.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Clients that have no request open, and how long they may stay so. Whoever does nothing for too
 * long fails a stream that has begun; one that has not loses the client, if it holds memory that
 * others could have, or if somebody else is turned away. Its own monitor guards it.
 */
final class IdleClients {

  private final ByteStream stream;

  /** Those that have written nothing; who has been idle for longest is the first. */
  private final Map<Client, Idle> idle = new LinkedHashMap<>();

  /** Since when a client has been idle, and whether it was asked to go. */
  private static final class Idle {
    private final long since = System.nanoTime();
    private boolean asked;
  }

  IdleClients(ByteStream stream) {
    this.stream = stream;
  }

  /** Waits for the client's next request, or for what makes waiting useless. */
  void await(Client client) throws IOException {
    Duration limit = stream.settings().timeouts().idle();
    boolean counts = isTimed();
    Deadline deadline = counts ? stream.idle() : new Deadline("no request came", limit);
    int events = 0;
    boolean asked;
    begin(client);
    try {
      events = client.waiter().awaitRequest(stream.watchedEndpoint(), deadline);
    } catch (TimedOutException e) {
      if (counts && isTimed()) {
        throw outcome(client, e);
      }
    } finally {
      asked = end(client);
    }
    if (events != 0) {
      stream.lock().take(client, () -> stream.checkPeer(client));
    }
    if (asked && stream.lifecycle().isWaiting() && !client.waiter().sawRequest()) {
      throw sentAway(client, "the client had no request, and another one was turned away");
    }
  }

  /** Another client is turned away: the one that has been idle for longest is asked to go. */
  void makeRoom() {
    Duration patience = stream.settings().timeouts().stall();
    if (!patience.isPositive() || !stream.lifecycle().isWaiting()) {
      return;
    }
    synchronized (this) {
      for (Map.Entry<Client, Idle> one : idle.entrySet()) {
        Idle longest = one.getValue();
        if (!longest.asked) {
          if (System.nanoTime() - longest.since >= patience.toNanos()) {
            longest.asked = true;
            one.getKey().waiter().signal().signal();
          }
          return;
        }
      }
    }
  }

  private synchronized void begin(Client client) {
    if (!client.writes().wrote()) {
      idle.put(client, new Idle());
    }
  }

  private synchronized boolean end(Client client) {
    Idle ended = idle.remove(client);
    return ended != null && ended.asked;
  }

  private boolean isTimed() {
    Lifecycle lifecycle = stream.lifecycle();
    return lifecycle.isStreaming() || (lifecycle.isWaiting() && stream.memory().isHeld());
  }

  private IOException outcome(Client client, TimedOutException e) {
    return stream.lifecycle().isStreaming()
        ? Standstill.outcome(stream, e)
        : sentAway(client, e.getMessage() + ", and the export holds memory");
  }

  private ClientGoneException sentAway(Client client, String reason) {
    client.markSentAway();
    stream.listener().clientDropped("%s at position %d".formatted(reason, stream.position()));
    return new ClientGoneException(reason);
  }
}
