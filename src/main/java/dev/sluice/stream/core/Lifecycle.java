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
 * A stream's state, who is attached, and the descriptors that wake them. Its own monitor guards all
 * of it; it never waits. The descriptors are there while a client is, or the stream is finished.
 */
public final class Lifecycle {

  private StreamState state = StreamState.WAITING;
  private int clients;
  private boolean finishing;

  /** Clients that are gone, of which the stream has still to take note. */
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

  /** Has something decided by the state, which stays as it is meanwhile. It must not wait. */
  synchronized boolean atOneMoment(BooleanSupplier decision) {
    return decision.getAsBoolean();
  }

  /** All of one moment: what is complete has all of its bytes. */
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

  /** Takes note of why a client could not go on with an interrupted stream. */
  public synchronized void noteMistake(String text) {
    if (state == StreamState.INTERRUPTED) {
      failure.noteMistake(text);
    }
  }

  /** Why the stream is interrupted, failed or cancelled. */
  public synchronized @Nullable String failure() {
    return failure.text();
  }

  /** Takes note, once, of what is worth knowing besides the state. */
  public synchronized void note(String text) {
    if (note == null || !note.contains(text)) {
      note = note == null ? text : note + "; " + text;
    }
  }

  /** Whether nothing irrevocable has happened, and nobody is there. */
  public synchronized boolean isAbandoned() {
    return state == StreamState.WAITING && clients == 0 && !finishing;
  }

  /** What an attached client polls; readable once the stream failed or was cancelled. */
  public synchronized int wakeDescriptor() {
    return wakes.wakeNumber();
  }

  /**
   * What whoever polls the endpoint polls besides; readable once the stream is complete. As long as
   * anybody polls a descriptor that is closed, Linux keeps the file open.
   */
  public synchronized int completionDescriptor() {
    return wakes.completionNumber();
  }

  /** One more client, unless the stream has ended. */
  public synchronized boolean attach() throws ErrnoException {
    if (state.ended() || retired || finishing) {
      return false;
    }
    wakes.open();
    clients++;
    touched = true;
    return true;
  }

  /** Throws what whoever goes on with a stream that has failed or was cancelled gets. */
  public synchronized void requireLive() throws StreamEndedException {
    if (state == StreamState.FAILED || state == StreamState.CANCELLED) {
      throw ended();
    }
  }

  public synchronized boolean hasOneClient() {
    return clients + leaving + (finishing ? 1 : 0) == 1;
  }

  /** Whether any client has been there. */
  synchronized boolean isTouched() {
    return touched;
  }

  /** Nobody can attach any more, unless somebody is attached: then it returns false. */
  public synchronized boolean retire() {
    retired |= clients == 0;
    return retired;
  }

  /** The stream is being finished from now on, unless it has ended, or a client is there. */
  public synchronized boolean beginFinishing() throws ErrnoException {
    if (state.ended() || retired || clients > 0 || finishing) {
      return false;
    }
    wakes.open();
    finishing = true;
    return true;
  }

  /** It no longer is; returns what {@link #detach} does. */
  public synchronized int endFinishing(String reason) {
    finishing = false;
    return left(reason);
  }

  public synchronized boolean isFinishing() {
    return finishing;
  }

  /** A client no longer counts; {@link #detach} follows. */
  public synchronized void beginLeaving() {
    clients--;
    leaving++;
  }

  /** Whether a client is attached. */
  public synchronized boolean isAttended() {
    return clients > 0;
  }

  /** A client is dropped, which the next interruption tells of, too. */
  public synchronized void noteDropped(String reason) {
    failure.noteDropped(reason);
  }

  /**
   * One client less.
   *
   * @param reason why the stream is interrupted if that was the last one
   * @return the number of the interruption that this is, or 0 if it is none
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

  /** Whether the stream still is in this interruption. */
  public synchronized boolean isInterrupted(int interruption) {
    return state == StreamState.INTERRUPTED && interruptions == interruption;
  }

  /** Bytes move; returns whether that is news. */
  synchronized boolean streaming() {
    if (state != StreamState.WAITING && state != StreamState.INTERRUPTED) {
      return false;
    }
    state = StreamState.STREAMING;
    failure.set(() -> null);
    startedAt = startedAt == null ? Instant.now() : startedAt;
    return true;
  }

  /** A client goes on with an interrupted stream; returns whether it was interrupted. */
  synchronized boolean resume() {
    return state == StreamState.INTERRUPTED && streaming();
  }

  /** The end; returns false when there was one before, which stays. */
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

  /** Makes every attached client stop waiting. */
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
