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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits how long clients may make no progress. A started stream fails if it makes none for too
 * long. A stream that has not begun drops its clients if it holds memory that others could use, or
 * one of them if another client is turned away. Progress then means bytes that no client had
 * brought or taken before. Requests alone are none. Guarded by its own monitor.
 */
public final class IdleClients {

  private final StreamCore core;
  private final WindowReserve memory;

  /** Clients that have waited for a request, in the order of their first wait. */
  private final Map<Client, Entry> entries = new LinkedHashMap<>();

  /** What is known of one client. */
  private static final class Entry {

    private final Client client;

    /** Whether the client has no request open and is waited for. */
    private boolean idle;

    /** Whether the client had written anything when its last wait began. */
    private boolean wrote;

    private boolean asked;

    /**
     * When the client was asked to go, by {@link System#nanoTime}. Progress since then cancels
     * that.
     */
    private long askedAt;

    private Entry(Client client) {
      this.client = client;
    }

    private boolean isAsked() {
      return asked && askedAt - progressAt() >= 0;
    }

    private void ask() {
      asked = true;
      askedAt = System.nanoTime();
      client.waiter().signal().signal();
    }

    private long progressAt() {
      return client.history().progressAt();
    }
  }

  public IdleClients(StreamCore core, WindowReserve memory) {
    this.core = core;
    this.memory = memory;
  }

  /**
   * Waits for the client's next request, or until further waiting is useless.
   *
   * @param endpoint the descriptor whose errors mean that the peer has gone; -1 for none
   * @param checkPeer throws if the peer has gone
   */
  public void await(Client client, int endpoint, RequestLock.Step checkPeer) throws IOException {
    Deadline clock = clock();
    Deadline deadline =
        clock != null ? clock : new Deadline("no request came", core.settings().timeouts().idle());
    int events = 0;
    begin(client);
    try {
      events = client.connection().clientWaiter().awaitRequest(endpoint, deadline);
    } catch (TimedOutException e) {
      requireTimeLeft(client);
    } finally {
      end(client);
    }
    if (events != 0) {
      checkPeer.run();
    }
    if (!client.connection().clientWaiter().sawRequest()) {
      requireNotAsked(client);
    }
  }

  /**
   * Throws if the client has to go. Called before each request, because a client that sends one
   * after the other is never waited for.
   */
  public void requireProgress(Client client) throws IOException {
    if (!core.lifecycle().is(StreamState.STREAMING)) {
      requireTimeLeft(client);
      requireNotAsked(client);
    }
  }

  /**
   * Asks the client that has made no progress for longest to go, because another client is turned
   * away.
   */
  public void makeRoom() {
    Duration patience = core.settings().timeouts().stall();
    if (patience.isPositive() && isBeforeProgress()) {
      askOne(System.nanoTime() - patience.toNanos());
    }
  }

  /** Forgets a client that leaves. */
  public synchronized void remove(Client client) {
    entries.remove(client);
  }

  /**
   * Asks one of the clients to go that have made no progress since a time. Prefers clients without
   * an open request, then those that have written nothing.
   */
  private synchronized void askOne(long since) {
    entries.values().stream()
        .filter(one -> !one.isAsked() && since - one.progressAt() >= 0)
        .min(
            Comparator.<Entry>comparingInt(one -> one.idle ? 0 : 1)
                .thenComparingInt(one -> one.wrote ? 1 : 0)
                .thenComparingLong(one -> one.progressAt() - since))
        .ifPresent(Entry::ask);
  }

  private synchronized void begin(Client client) {
    Entry entry = entries.computeIfAbsent(client, Entry::new);
    entry.idle = true;
    entry.wrote = client.writes().wrote();
  }

  private synchronized void end(Client client) {
    Entry entry = entries.get(client);
    if (entry != null) {
      entry.idle = false;
    }
  }

  private synchronized boolean isAsked(Client client) {
    Entry entry = entries.get(client);
    return entry != null && entry.isAsked();
  }

  private void requireNotAsked(Client client) throws ClientGoneException {
    if (isBeforeProgress() && isAsked(client)) {
      throw sentAway(client, "the client brought nothing new, and another one was turned away");
    }
  }

  /** Returns whether no bytes have moved since the attached clients came. */
  private boolean isBeforeProgress() {
    Lifecycle lifecycle = core.lifecycle();
    return lifecycle.is(StreamState.WAITING) || lifecycle.is(StreamState.INTERRUPTED);
  }

  private void requireTimeLeft(Client client) throws IOException {
    Deadline clock = clock();
    if (clock == null || clock.remainingMillis() != 0) {
      return;
    }
    TimedOutException over = clock.expired();
    throw core.lifecycle().is(StreamState.STREAMING)
        ? Standstill.outcome(core, over)
        : sentAway(client, over.getMessage() + ", and the export holds memory");
  }

  /** Returns the deadline that runs while a client is waited for; null if there is no limit. */
  private @Nullable Deadline clock() {
    Lifecycle lifecycle = core.lifecycle();
    if (lifecycle.is(StreamState.STREAMING)) {
      return core.idle();
    }
    return lifecycle.is(StreamState.WAITING) && memory.isHeld() ? core.progress().newBytes() : null;
  }

  private ClientGoneException sentAway(Client client, String reason) {
    client.history().markSentAway();
    core.noteDropped(reason);
    return new ClientGoneException(reason);
  }
}
