package dev.sluice.stream.client;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.Direction;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.core.StreamCore;
import org.jspecify.annotations.Nullable;

/**
 * Reports one client's waits: to the observer, and, while the client holds the request lock, to the
 * stream's status. Confined to the session's thread.
 */
public final class WaitCauseReport {

  private final StreamCore core;
  private @Nullable String arrival;
  private @Nullable Runnable firstWait;

  WaitCauseReport(StreamCore core) {
    this.core = core;
  }

  /** Sets what to run at the first wait from now on. */
  public void tellFirst(Runnable told) {
    firstWait = told;
  }

  /** Begins the wait for the peer to open its end. Returns what to pass to {@link #endArrival}. */
  @Nullable String beginArrival(Endpoint endpoint) {
    arrival = endpoint.arrival();
    core.observer().waitBegins(WaitCause.PEER);
    return core.waits().begin(arrival);
  }

  void endArrival(@Nullable String outer) {
    arrival = null;
    core.waits().end(outer);
    core.observer().waitEnds(WaitCause.PEER);
  }

  /** Describes what a wait within a request is for, as text for people. */
  String inWords(WaitCause cause) {
    String toPeer = core.direction() == Direction.WRITE ? "the peer to read" : "the peer to write";
    return switch (cause) {
      case PEER -> arrival == null ? toPeer : arrival;
      case RATE_LIMIT -> "the rate limit";
      case CLIENT -> "the client to take its replies";
      case WINDOW_MEMORY, OTHER_CLIENT -> "";
    };
  }

  /** Begins a wait. Returns what to pass to {@link #end}. */
  @Nullable String begin(WaitCause cause, String what) {
    if (firstWait != null) {
      firstWait.run();
      firstWait = null;
    }
    if (arrival == null) {
      core.observer().waitBegins(cause);
    }
    return core.lock().isMine() ? core.waits().begin(what) : null;
  }

  void end(WaitCause cause, long since, @Nullable String outer) {
    if (core.lock().isMine()) {
      core.waits().end(outer);
    }
    if (arrival == null) {
      core.observer().waitEnds(cause);
    }
    core.observer().waited(cause, System.nanoTime() - since);
  }
}
