package dev.sluice.export.record;

import dev.sluice.stream.StreamStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The changes of one export's state. If there are many, the first one and the last ones are kept.
 * Guarded by its monitor.
 */
final class History {

  /** The limit of events: a stream can be interrupted again and again. */
  static final int MAX_EVENTS = 32;

  private final ArrayDeque<Event> events = new ArrayDeque<>();

  /** Adds the events of an earlier run. */
  synchronized void addAll(List<Event> earlier) {
    earlier.forEach(this::add);
  }

  /** Adds a change to this state. */
  synchronized void note(StreamStatus status) {
    Instant at = status.endedAt() == null ? Instant.now() : status.endedAt();
    add(Event.of(at, status.state(), status.position(), status.failure()));
  }

  synchronized void note(Event event) {
    add(event);
  }

  private void add(Event event) {
    if (events.size() == MAX_EVENTS) {
      Event first = events.removeFirst();
      events.removeFirst();
      events.addFirst(first);
    }
    events.addLast(event);
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }
}
