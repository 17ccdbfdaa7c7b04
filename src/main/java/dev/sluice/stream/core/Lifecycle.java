package dev.sluice.stream.core;

import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stream's state, how many clients it has, and the descriptors that wake them, which exist while
 * it has any or is being finished. Guarded by its own monitor, in which nobody waits.
 */
public final class Lifecycle {

  private StreamState state = StreamState.WAITING;
  private int clients;
  private boolean finishing;

  /** Clients that have gone, and whose {@link #detach} is still to come. */
  private int leaving;

  private final FailureReason failure = new FailureReason();
  private boolean touched;
  private boolean retired;
  private int interruptions;
  private @Nullable Instant startedAt;
  private @Nullable Instant endedAt;
  private @Nullable String note;
  private final WakePair wakes = new WakePair();

  public synchronized StreamState state() {
    return state;
  }

  public synchronized boolean is(StreamState one) {
    return state == one;
  }

  /** Evaluates a decision while the state cannot change. It must not block. */
  synchronized boolean atOneMoment(BooleanSupplier decision) {
    return decision.getAsBoolean();
  }

  /** Returns a consistent snapshot: the position of a complete stream is that of all its bytes. */
  synchronized StreamStatus status(
      LongSupplier position,
      Supplier<@Nullable String> digest,
      Supplier<@Nullable String> waitingFor) {
    return new StreamStatus(
        state,
        position.getAsLong(),
        clients,
        startedAt,
        endedAt,
        failure.text(),
        state.ended() ? null : waitingFor.get(),
        note,
        digest.get());
  }

  /** Notes why a client could not continue an interrupted stream. Ignored in other states. */
  public synchronized void noteMistake(String text) {
    if (state == StreamState.INTERRUPTED) {
      failure.noteMistake(text);
    }
  }

  /** Returns why the stream is interrupted, failed or cancelled; null if it is none of these. */
  public synchronized @Nullable String failure() {
    return failure.text();
  }

  /** Adds a fact worth knowing to the status, once. */
  public synchronized void note(String text) {
    if (note == null || !note.contains(text)) {
      note = note == null ? text : note + "; " + text;
    }
  }

  /** Returns whether the stream is WAITING, has no client, and is not being finished. */
  public synchronized boolean isAbandoned() {
    return state == StreamState.WAITING && clients == 0 && !finishing;
  }

  /** Returns what attached clients poll, or -1. Readable once the stream failed or is cancelled. */
  public synchronized int wakeDescriptor() {
    return wakes.wakeNumber();
  }

  /**
   * Returns the descriptor to poll together with the endpoint, or -1. Readable once the stream is
   * complete, because Linux keeps a closed endpoint open as long as anybody polls it.
   */
  public synchronized int completionDescriptor() {
    return wakes.completionNumber();
  }

  /** Counts one more client. Returns false if the stream has ended or takes no clients. */
  public synchronized boolean attach() throws ErrnoException {
    if (state.ended() || retired || finishing) {
      return false;
    }
    wakes.open();
    clients++;
    touched = true;
    return true;
  }

  /** Throws if the stream has failed or was cancelled. */
  public synchronized void requireLive() throws StreamEndedException {
    if (state == StreamState.FAILED || state == StreamState.CANCELLED) {
      throw ended();
    }
  }

  public synchronized boolean hasOneClient() {
    return clients + leaving + (finishing ? 1 : 0) == 1;
  }

  /** Returns whether any client was ever attached. */
  synchronized boolean isTouched() {
    return touched;
  }

  /** Refuses all further clients. Returns false, without effect, if a client is attached. */
  public synchronized boolean retire() {
    retired |= clients == 0;
    return retired;
  }

  /** Begins to finish the stream. Returns false if it takes no clients, or has one. */
  public synchronized boolean beginFinishing() throws ErrnoException {
    if (state.ended() || retired || clients > 0 || finishing) {
      return false;
    }
    wakes.open();
    finishing = true;
    return true;
  }

  /** Ends finishing. Returns what {@link #detach} does. */
  public synchronized int endFinishing(String reason) {
    finishing = false;
    return left(reason);
  }

  public synchronized boolean isFinishing() {
    return finishing;
  }

  /** No longer counts a client that has gone. Its {@link #detach} follows. */
  public synchronized void beginLeaving() {
    clients--;
    leaving++;
  }

  /** Returns whether a client is attached. */
  public synchronized boolean isAttended() {
    return clients > 0;
  }

  /** Notes why a client was dropped. The text of the next interruption includes it. */
  public synchronized void noteDropped(String reason) {
    failure.noteDropped(reason);
  }

  /**
   * Counts one client less.
   *
   * @param reason why the stream is interrupted if that was the last client
   * @return the number of the interruption that this causes; 0 if it causes none
   */
  public synchronized int detach(String reason) {
    if (leaving > 0) {
      leaving--;
    } else {
      clients--;
    }
    return left(reason);
  }

  private int left(String reason) {
    if (clients + leaving > 0 || finishing) {
      return 0;
    }
    wakes.close();
    if (state != StreamState.STREAMING) {
      return 0;
    }
    state = StreamState.INTERRUPTED;
    failure.interrupt(reason);
    return ++interruptions;
  }

  /** Returns whether the stream is still in this interruption. */
  public synchronized boolean isInterrupted(int interruption) {
    return state == StreamState.INTERRUPTED && interruptions == interruption;
  }

  /** Enters STREAMING because bytes move. Returns false if the state does not change. */
  synchronized boolean streaming() {
    if (state != StreamState.WAITING && state != StreamState.INTERRUPTED) {
      return false;
    }
    state = StreamState.STREAMING;
    failure.set(() -> null);
    startedAt = startedAt == null ? Instant.now() : startedAt;
    return true;
  }

  /** Enters STREAMING if the stream was interrupted. Returns whether it was. */
  synchronized boolean resume() {
    return state == StreamState.INTERRUPTED && streaming();
  }

  /** Ends the stream. Returns false, without effect, if it has ended already. */
  public synchronized boolean end(StreamState end, Supplier<@Nullable String> reason) {
    if (state.ended()) {
      return false;
    }
    state = end;
    failure.set(reason);
    endedAt = Instant.now();
    if (startedAt == null && end == StreamState.COMPLETED) {
      startedAt = endedAt;
    }
    if (end != StreamState.COMPLETED) {
      wakeClients();
    } else {
      wakes.tellCompletion();
    }
    return true;
  }

  /** Wakes every attached client. */
  public synchronized void wakeClients() {
    wakes.wake();
  }

  public synchronized StreamEndedException ended() {
    String what =
        finishing && !state.ended() ? "the export is being finished: " : "the export has ended: ";
    String why = failure.first();
    return new StreamEndedException(state, what + state + (why == null ? "" : ", " + why));
  }
}
