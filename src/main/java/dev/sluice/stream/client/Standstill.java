package dev.sluice.stream.client;

import dev.sluice.posix.WakeDescriptor;
import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.LockState;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.core.TimedOutException;
import java.io.IOException;

/**
 * One wait for a client within its request. It has the deadline of the stream, and it drops a
 * client that stalls for too long while another one waits. Confined to the session's thread.
 */
public final class Standstill implements AutoCloseable {

  private final StreamCore core;
  private final Deadline deadline;
  private final Deadline patience;

  /**
   * Begins the wait.
   *
   * @param deadline the deadline of the stream
   * @param told signalled when another client begins to wait
   */
  Standstill(StreamCore core, Deadline deadline, WakeDescriptor told) {
    this.core = core;
    this.deadline = deadline;
    this.patience =
        new Deadline("the client stood still within a request", core.settings().timeouts().stall());
    core.lock().standStill(told);
  }

  /**
   * Returns whether a stalled client of this stream can be dropped. The current thread has to hold
   * the request lock for that.
   */
  static boolean canEnd(StreamCore core) {
    return core.lock().isMine() && core.settings().timeouts().stall().isPositive();
  }

  /** Returns how long to poll, in milliseconds; -1 for no limit. */
  int millis() {
    int left = deadline.remainingMillis();
    if (!isContended()) {
      return left;
    }
    int others = patience.remainingMillis();
    return left < 0 ? others : Math.min(left, others);
  }

  /** Returns whether another client waits. The stall timeout runs only then. */
  private boolean isContended() {
    long since = core.lock().contendedSince();
    if (since == LockState.NOT_CONTENDED) {
      return false;
    }
    patience.restartNotBefore(since);
    return true;
  }

  /** Returns whether a time limit was reached so long ago that this process was stopped. */
  boolean isLongOver() {
    return deadline.isLongOver() || (isContended() && patience.isLongOver());
  }

  /**
   * Throws if a time limit was reached. Called after a poll without an event.
   *
   * @throws TimedOutException if it is that of the stream
   * @throws ClientGoneException if the client is dropped because another one waits
   */
  void requireTimeLeft() throws TimedOutException, ClientGoneException {
    if (deadline.remainingMillis() == 0) {
      throw deadline.expired();
    }
    if (isContended() && patience.remainingMillis() == 0) {
      String reason = patience.expired().getMessage() + " while another waited";
      core.lifecycle().noteDropped(reason);
      core.noteDropped(reason);
      throw new ClientGoneException(reason);
    }
  }

  /**
   * Returns what to throw after a wait for a client has timed out. Only a stream that is STREAMING
   * fails by that.
   */
  public static IOException outcome(StreamCore core, TimedOutException e) {
    String reason = String.valueOf(e.getMessage());
    if (core.lifecycle().state() != StreamState.STREAMING) {
      return new ClientGoneException(reason);
    }
    if (core.lock().isMine()) {
      return e;
    }
    core.fail(reason);
    return core.lifecycle().ended();
  }

  @Override
  public void close() {
    core.lock().moveOn();
  }
}
