package dev.sluice.stream.client;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.WakeDescriptor;
import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.RateLimiter;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a thread waits while it serves a stream: for the endpoint, for a signal, or
 * for the rate limit. Every wait has a deadline, and ends when the stream does. {@link
 * ClientWaiter} has the waits for the client. Confined to its thread, except for the signal.
 */
public final class Waiter implements AutoCloseable {

  /** Longest polling interval for what Linux has no event for. */
  public static final int MAX_PAUSE_MILLIS = 20;

  /** How long to wait for others once more after this process itself was stopped. */
  static final int GRACE_MILLIS = 1000;

  private final StreamCore core;
  private final StreamPoll poll;
  private final WaitCauseReport report;

  /**
   * Creates a waiter.
   *
   * @param client the descriptor of the client's connection; -1 if there is no client
   */
  Waiter(StreamCore core, int client) throws ErrnoException {
    this.poll = new StreamPoll(core.lifecycle(), client);
    this.report = new WaitCauseReport(core);
    this.core = core;
  }

  /**
   * Returns the signal by which any other thread tells this one that what it waits for may be
   * there.
   */
  public WakeDescriptor signal() {
    return poll.signal();
  }

  /** Returns the poll set. */
  StreamPoll poll() {
    return poll;
  }

  /** Returns the report of what this thread waits for. */
  public WaitCauseReport report() {
    return report;
  }

  /** Sets whether a wait for the endpoint ends when the client hangs up. It does by default. */
  public void watchConnection(boolean watch) {
    poll.watchClient(watch);
  }

  /** Returns whether an error of the client's connection was seen. */
  boolean sawError() {
    return poll.sawClientError();
  }

  /**
   * Waits for the signal until a condition holds.
   *
   * @param deadline is extended whenever bytes of the stream move
   * @param there the condition, evaluated before the first wait and after each signal
   */
  public void awaitSignal(WaitCause cause, Deadline deadline, BooleanSupplier there)
      throws IOException {
    long since = System.nanoTime();
    @Nullable String outer = report.begin(cause, "");
    try {
      while (!there.getAsBoolean()) {
        poll.watch(PollSet.READ_HANGUP, -1, 0);
        poll.watchSignal();
        if (!poll.await(deadline.remainingMillis())) {
          deadline.restartNotBefore(core.idle());
          if (deadline.isLongOver()) {
            deadline.restart(); // nobody in this process could signal
          }
          if (deadline.remainingMillis() == 0) {
            throw deadline.expired();
          }
        }
        poll.takeSignal();
        poll.requireLive();
        poll.requireClient();
      }
    } finally {
      report.end(cause, since, outer);
    }
  }

  /**
   * Waits for events of the endpoint, or of another descriptor.
   *
   * @param cause the reason for the wait, as it is reported
   * @return the events, bits of {@link PollSet}
   * @throws ClientGoneException if the client hung up meanwhile
   */
  public int awaitEndpoint(WaitCause cause, int endpoint, int events, Deadline deadline)
      throws IOException {
    poll.watch(PollSet.READ_HANGUP, endpoint, events);
    await(cause, report.inWords(cause), deadline);
    poll.requireClient();
    return poll.endpointEvents();
  }

  /** Returns the current events of a descriptor, bits of {@link PollSet}, without waiting. */
  public int eventsNow(int descriptor, int events) throws IOException {
    return poll.eventsNow(descriptor, events);
  }

  /** Opens the endpoint. Waits for the peer. */
  public void awaitPeer(Endpoint endpoint, Deadline deadline) throws IOException {
    if (endpoint.tryOpen()) {
      return;
    }
    @Nullable String outer = report.beginArrival(endpoint);
    try {
      for (int pause = 1; !endpoint.tryOpen(); pause = Math.min(2 * pause, MAX_PAUSE_MILLIS)) {
        if (endpoint.arrivalDescriptor() >= 0) {
          awaitEndpoint(WaitCause.PEER, endpoint.arrivalDescriptor(), PollSet.READABLE, deadline);
        } else {
          pause(WaitCause.PEER, -1, pause, deadline);
        }
      }
    } finally {
      report.endArrival(outer);
    }
  }

  /**
   * Waits until the rate limit lets some bytes pass. This does not count as idle time.
   *
   * @return how many bytes may pass, from 1 to {@code wanted}
   */
  public long awaitRate(long wanted) throws IOException {
    RateLimiter limiter = core.progress().rateLimiter();
    Deadline idle = core.idle();
    long allowed = limiter.allowedNow(wanted);
    while (allowed == 0) {
      idle.restart();
      pause(WaitCause.RATE_LIMIT, -1, limiter.pauseMillis(wanted), idle);
      idle.restart();
      allowed = limiter.allowedNow(wanted);
    }
    return allowed;
  }

  /**
   * Waits for a short time, or until there is an event of the client, the endpoint or the stream.
   */
  public void pause(WaitCause cause, int endpoint, int millis, Deadline deadline)
      throws IOException {
    int left = deadline.remainingMillis();
    if (left == 0) {
      throw deadline.expired();
    }
    poll.watch(PollSet.READ_HANGUP, endpoint, 0);
    long since = System.nanoTime();
    @Nullable String outer = report.begin(cause, report.inWords(cause));
    try {
      poll.await(left < 0 ? millis : Math.min(left, millis));
    } finally {
      report.end(cause, since, outer);
    }
    poll.requireLive();
    poll.requireClient();
  }

  /** Waits for what the poll set watches. */
  void await(WaitCause cause, String what, Deadline deadline) throws IOException {
    long since = System.nanoTime();
    @Nullable String outer = report.begin(cause, what);
    try {
      while (!poll.await(deadline.remainingMillis())) {
        if (deadline.remainingMillis() == 0) {
          if (deadline.isLongOver() && poll.await(GRACE_MILLIS)) {
            break;
          }
          throw deadline.expired();
        }
      }
    } finally {
      report.end(cause, since, outer);
    }
    poll.requireLive();
  }

  @Override
  public void close() {
    poll.close();
  }
}
