package dev.sluice.stream.bytes;

import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.WaitCause;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts what streams tell their observer. */
final class Tally implements StreamObserver {

  private final AtomicLongArray bytes = new AtomicLongArray(Direction.values().length);
  private final AtomicLongArray waits = new AtomicLongArray(WaitCause.values().length);
  private final AtomicLongArray waiting = new AtomicLongArray(WaitCause.values().length);
  final List<StreamState> ends = new CopyOnWriteArrayList<>();

  @Override
  public void moved(Direction direction, long count) {
    bytes.addAndGet(direction.ordinal(), count);
  }

  @Override
  public void waitBegins(WaitCause cause) {
    waiting.incrementAndGet(cause.ordinal());
  }

  @Override
  public void waitEnds(WaitCause cause) {
    waiting.decrementAndGet(cause.ordinal());
  }

  @Override
  public void waited(WaitCause cause, long nanos) {
    if (nanos < 0) {
      throw new AssertionError("a wait of %d ns".formatted(nanos));
    }
    waits.addAndGet(cause.ordinal(), nanos);
  }

  @Override
  public void ended(Direction direction, StreamState outcome) {
    ends.add(outcome);
  }

  long bytes(Direction direction) {
    return bytes.get(direction.ordinal());
  }

  /** Nanoseconds. */
  long waited(WaitCause cause) {
    return waits.get(cause.ordinal());
  }

  /** How many waits are on. */
  long waiting(WaitCause cause) {
    return waiting.get(cause.ordinal());
  }
}
