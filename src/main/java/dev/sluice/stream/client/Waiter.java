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
 * The one place where a thread waits while it serves a stream, with a deadline: for the endpoint, a
 * signal or the rate limit, and always for the end of the stream. What a client's own thread waits
 * for besides is in {@link ClientWaiter}. Confined to its thread, except for the signal.
 */
public final class Waiter implements AutoCloseable {

  /** Between two looks at what Linux has no event for. */
  public static final int MAX_PAUSE_MILLIS = 20;

  /** What others get for what they have to do when this process has stood still itself. */
  private static final int MOMENT_MILLIS = 1000;

  private final StreamCore core;
  private final StreamPoll poll;
  private final WaitCauseReport report;

  /**
   * Waits for a stream.
   *
   * @param client the descriptor of the client's connection; -1: there is no client
   */
  Waiter(StreamCore core, int client) throws ErrnoException {
    this.poll = new StreamPoll(core.lifecycle(), client);
    this.report = new WaitCauseReport(core);
    this.core = core;
  }

  /** Tells this thread, from any other, that something it waits for may be there. */
  public WakeDescriptor signal() {
    return poll.signal();
  }

  /** What it polls. */
  StreamPoll poll() {
    return poll;
  }

  /** Tells of what is waited for. */
  public WaitCauseReport report() {
    return report;
  }

  /** Whether a wait for the endpoint ends when the client hangs up; it does at first. */
  public void watchConnection(boolean watch) {
    poll.watchClient(watch);
  }

  /** Whether the client's connection was seen to have an error. */
  boolean sawError() {
    return poll.sawClientError();
  }

  /**
   * Waits until what this thread's signal tells of is there.
   *
   * @param deadline runs anew whenever bytes of the stream move
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
   * Waits for the endpoint, or another descriptor.
   *
   * @param cause what the wait is really for
   * @return what happened there, bits of {@link PollSet}
   * @throws ClientGoneException when the client gave up meanwhile
   */
  public int awaitEndpoint(WaitCause cause, int endpoint, int events, Deadline deadline)
      throws IOException {
    poll.watch(PollSet.READ_HANGUP, endpoint, events);
    await(cause, report.inWords(cause), deadline);
    poll.requireClient();
    return poll.endpointEvents();
  }

  /** What is true of a descriptor at this moment, bits of {@link PollSet}. */
  public int eventsNow(int descriptor, int events) throws IOException {
    return poll.eventsNow(descriptor, events);
  }

  /** Waits until the endpoint is open. */
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
   * Waits until the rate limit lets some bytes go. Such a wait is no idleness.
   *
   * @return how many, from 1 to what is wanted
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

  /** Lets a short time pass in which the client, the endpoint and the stream may say something. */
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

  /** Waits for what the poll watches. */
  void await(WaitCause cause, String what, Deadline deadline) throws IOException {
    long since = System.nanoTime();
    @Nullable String outer = report.begin(cause, what);
    try {
      while (!poll.await(deadline.remainingMillis())) {
        if (deadline.remainingMillis() == 0) {
          if (deadline.isLongOver() && poll.await(MOMENT_MILLIS)) {
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
