package dev.sluice.stream.request;

import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.Standstill;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.Lifecycle;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.core.TimedOutException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Clients that have no request open, and how long they may stay so. Whoever does nothing for too
 * long fails a stream that has begun; one that has not loses the client, if it holds memory that
 * others could have, or if somebody else is turned away. Its own monitor guards it.
 */
public final class IdleClients {

  private final StreamCore core;
  private final WindowReserve memory;

  /** Those that have written nothing; who has been idle for longest is the first. */
  private final Map<Client, Idle> idle = new LinkedHashMap<>();

  /** Since when a client has been idle, and whether it was asked to go. */
  private static final class Idle {
    private final long since = System.nanoTime();
    private boolean asked;
  }

  public IdleClients(StreamCore core, WindowReserve memory) {
    this.core = core;
    this.memory = memory;
  }

  /**
   * Waits for the client's next request, or for what makes waiting useless.
   *
   * @param endpoint the descriptor whose errors mean that the peer has gone, or -1
   * @param checkPeer finds out whether it has
   */
  public void await(Client client, int endpoint, RequestLock.Step checkPeer) throws IOException {
    Duration limit = core.settings().timeouts().idle();
    boolean counts = isTimed();
    Deadline deadline = counts ? core.idle() : new Deadline("no request came", limit);
    int events = 0;
    boolean asked;
    begin(client);
    try {
      events = client.connection().clientWaiter().awaitRequest(endpoint, deadline);
    } catch (TimedOutException e) {
      if (counts && isTimed()) {
        throw outcome(client, e);
      }
    } finally {
      asked = end(client);
    }
    if (events != 0) {
      checkPeer.run();
    }
    if (asked
        && core.lifecycle().is(StreamState.WAITING)
        && !client.connection().clientWaiter().sawRequest()) {
      throw sentAway(client, "the client had no request, and another one was turned away");
    }
  }

  /** Another client is turned away: the one that has been idle for longest is asked to go. */
  public void makeRoom() {
    Duration patience = core.settings().timeouts().stall();
    if (!patience.isPositive() || !core.lifecycle().is(StreamState.WAITING)) {
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
    Lifecycle lifecycle = core.lifecycle();
    return lifecycle.is(StreamState.STREAMING)
        || (lifecycle.is(StreamState.WAITING) && memory.isHeld());
  }

  private IOException outcome(Client client, TimedOutException e) {
    return core.lifecycle().is(StreamState.STREAMING)
        ? Standstill.outcome(core, e)
        : sentAway(client, e.getMessage() + ", and the export holds memory");
  }

  private ClientGoneException sentAway(Client client, String reason) {
    client.history().markSentAway();
    core.noteDropped(reason);
    return new ClientGoneException(reason);
  }
}
