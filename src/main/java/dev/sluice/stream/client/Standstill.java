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
 * One wait for a client within its request. It has the stream's own limit; and a client that stands
 * still for too long while another one waits is dropped. Confined to the session's thread.
 */
public final class Standstill implements AutoCloseable {

  private final StreamCore core;
  private final Deadline deadline;
  private final Deadline patience;

  /**
   * Begins such a wait.
   *
   * @param told is signalled when another client begins to wait
   */
  Standstill(StreamCore core, Deadline deadline, WakeDescriptor told) {
    this.core = core;
    this.deadline = deadline;
    this.patience =
        new Deadline("the client stood still within a request", core.settings().timeouts().stall());
    core.lock().standStill(told);
  }

  /** Whether a client of this stream that stands still can be dropped. */
  static boolean canEnd(StreamCore core) {
    return core.lock().isMine() && core.settings().timeouts().stall().isPositive();
  }

  /** How long to poll, in milliseconds; -1 for ever. */
  int millis() {
    int left = deadline.remainingMillis();
    if (!isContended()) {
      return left;
    }
    int others = patience.remainingMillis();
    return left < 0 ? others : Math.min(left, others);
  }

  /** Whether another client waits, which lets patience run. */
  private boolean isContended() {
    long since = core.lock().contendedSince();
    if (since == LockState.NOT_CONTENDED) {
      return false;
    }
    patience.restartNotBefore(since);
    return true;
  }

  /** After a poll in which nothing happened. */
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

  /** What a wait for a client that took too long comes to: it breaks only a started core. */
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
