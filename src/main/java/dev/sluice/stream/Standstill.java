package dev.sluice.stream;

import dev.sluice.posix.WakeDescriptor;
import java.io.IOException;

/**
 * One wait for a client within its request. It has the stream's own limit; and a client that stands
 * still for too long while another one waits is dropped. Confined to the session's thread.
 */
final class Standstill implements AutoCloseable {

  private final ByteStream stream;
  private final Deadline deadline;
  private final Deadline patience;

  /**
   * Begins such a wait.
   *
   * @param told is signalled when another client begins to wait
   */
  Standstill(ByteStream stream, Deadline deadline, WakeDescriptor told) {
    this.stream = stream;
    this.deadline = deadline;
    this.patience =
        new Deadline(
            "the client stood still within a request", stream.settings().timeouts().stall());
    stream.lock().standStill(told);
  }

  /** Whether a client of this stream that stands still can be dropped. */
  static boolean canEnd(ByteStream stream) {
    return stream.lock().isMine() && stream.settings().timeouts().stall().isPositive();
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
    long since = stream.lock().contendedSince();
    if (since == RequestLock.NOT_CONTENDED) {
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
      stream.lifecycle().noteDropped(reason);
      stream.listener().clientDropped("%s at position %d".formatted(reason, stream.position()));
      throw new ClientGoneException(reason);
    }
  }

  /** What a wait for a client that took too long comes to: it breaks only a started stream. */
  static IOException outcome(ByteStream stream, TimedOutException e) {
    String reason = String.valueOf(e.getMessage());
    if (stream.lifecycle().state() != StreamState.STREAMING) {
      return new ClientGoneException(reason);
    }
    if (stream.lock().isMine()) {
      return e;
    }
    stream.fail(reason);
    return stream.lifecycle().ended();
  }

  @Override
  public void close() {
    stream.lock().moveOn();
  }
}
