package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Fanotify;
import dev.sluice.posix.FileEvents;
import dev.sluice.posix.Inotify;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One inotify or fanotify instance, and the tallies that its events are for. Guarded by the monitor
 * of the {@link FifoWatch}.
 */
final class FifoWitness implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FifoWitness.class);

  private static final int USE =
      FileEvents.OPENED | FileEvents.CLOSED_READABLE | FileEvents.CLOSED_WRITABLE;

  /** The number of links is one of the attributes. */
  private static final int USE_AND_NAME = USE | FileEvents.ATTRIBUTES | FileEvents.MOVED;

  private final int index;
  private final FileEvents events;

  /**
   * The tallies of each source. Two exports may claim one FIFO for a moment, until one of them is
   * refused.
   */
  private final Map<Source, Set<FifoTally>> concerned = new HashMap<>();

  /** How many tallies use each watch. */
  private final Map<Integer, Integer> uses = new HashMap<>();

  FifoWitness(int index, FileEvents events) {
    this.index = index;
    this.events = events;
  }

  /** The source of events: a watched FIFO, with an empty name, or a name in a watched folder. */
  private record Source(int watch, String name) {}

  /** Returns the descriptor to poll for events. */
  int number() {
    return events.number();
  }

  /**
   * Starts passing the events of a FIFO to a tally.
   *
   * @throws ErrnoException if inotify cannot watch it
   */
  void add(FifoTally tally, Descriptor fifo, @Nullable Descriptor folder) throws ErrnoException {
    switch (events) {
      case Inotify _ -> {
        add(tally, new Source(events.watch(fifo, USE_AND_NAME), ""));
        addIfPossible(tally, folder, tally.name());
      }
      case Fanotify _ -> addIfPossible(tally, fifo, "");
    }
  }

  /**
   * Adds a watch if that is possible. If it is not, as for a folder that this service cannot read,
   * the other watches have to suffice.
   */
  private void addIfPossible(FifoTally tally, @Nullable Descriptor file, String name) {
    if (file == null) {
      return;
    }
    try {
      add(tally, new Source(events.watch(file, USE), name));
    } catch (ErrnoException e) {
      log.debug("{} is not watched by {}", tally.name(), events.getClass().getSimpleName(), e);
    }
  }

  private void add(FifoTally tally, Source source) {
    if (concerned.computeIfAbsent(source, _ -> new LinkedHashSet<>()).add(tally)) {
      uses.merge(source.watch(), 1, Integer::sum);
    }
  }

  void remove(FifoTally tally) {
    concerned
        .entrySet()
        .removeIf(
            entry -> {
              if (entry.getValue().remove(tally)
                  && uses.merge(entry.getKey().watch(), -1, Integer::sum) == 0) {
                uses.remove(entry.getKey().watch());
                events.unwatch(entry.getKey().watch());
              }
              return entry.getValue().isEmpty();
            });
  }

  /**
   * Processes all events up to now.
   *
   * @param about called with each tally that has changed
   */
  void read(Consumer<FifoTally> about) throws ErrnoException {
    events.drain(
        event -> {
          if (event.has(FileEvents.OVERFLOW)) {
            concerned.values().forEach(all -> all.forEach(tally -> tally.lose(index)));
            concerned.values().forEach(all -> all.forEach(about));
            return;
          }
          for (FifoTally tally :
              concerned.getOrDefault(new Source(event.watch(), event.name()), Set.of())) {
            tally.note(index, event);
            about.accept(tally);
          }
        });
  }

  @Override
  public void close() {
    events.close();
  }
}
