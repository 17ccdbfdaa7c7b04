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
 * Clients that make no progress, and how long they may stay so. A started stream fails when it
 * stands still for too long. One that has not begun loses its clients, if it holds memory that
 * others could have, or one of them, if somebody else is turned away. Requests alone are no
 * progress there: only bytes are that nobody had brought or taken before. Its own monitor guards
 * it.
 */
public final class IdleClients {

  private final StreamCore core;
  private final WindowReserve memory;

  /** Those that have got as far as to wait for a request, in that order. */
  private final Map<Client, Entry> entries = new LinkedHashMap<>();

  /** What is known of a client. */
  private static final class Entry {

    private final Client client;

    /** Whether it has no request open, and is waited for. */
    private boolean idle;

    /** Whether it had written anything when it was waited for last. */
    private boolean wrote;

    private boolean asked;

    /** When it was asked to go; what it has brought since then makes up for that. */
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
   * Waits for the client's next request, or for what makes waiting useless.
   *
   * @param endpoint the descriptor whose errors mean that the peer has gone, or -1
   * @param checkPeer finds out whether it has
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
   * Before the client's next request, which may be there already: whoever sends one after the other
   * is never waited for.
   */
  public void requireProgress(Client client) throws IOException {
    if (!core.lifecycle().is(StreamState.STREAMING)) {
      requireTimeLeft(client);
      requireNotAsked(client);
    }
  }

  /** Another client is turned away: who has made no progress for longest is asked to go. */
  public void makeRoom() {
    Duration patience = core.settings().timeouts().stall();
    if (patience.isPositive() && isBeforeProgress()) {
      askOne(System.nanoTime() - patience.toNanos());
    }
  }

  /** The client leaves. */
  public synchronized void remove(Client client) {
    entries.remove(client);
  }

  /**
   * Asks one of those to go that have made no progress since then; whoever has a request open, and
   * then whoever has written something, only if there is nobody else.
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

  /** Whether all who are there have come since bytes moved last. */
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

  /** What runs while a client is waited for: null if it may take as long as it likes. */
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
