package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Inotify;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One instance of inotify, and whom its events are for. Guarded by the {@link FifoWatch}. */
final class FifoWitness implements AutoCloseable {

  private static final int USE = Inotify.OPENED | Inotify.CLOSED_READABLE | Inotify.CLOSED_WRITABLE;

  /** The number of names is one of the attributes. */
  private static final int USE_AND_NAME = USE | Inotify.ATTRIBUTES | Inotify.MOVED;

  private final int index;
  private final Inotify inotify;

  /** Two exports may want one FIFO for a moment, until one of them is refused. */
  private final Map<Source, Set<FifoTally>> concerned = new HashMap<>();

  /** How many of them need a watch. */
  private final Map<Integer, Integer> uses = new HashMap<>();

  FifoWitness(int index, Inotify inotify) {
    this.index = index;
    this.inotify = inotify;
  }

  /** Where events come from: a FIFO, with an empty name, or a name in a folder. */
  private record Source(int watch, String name) {}

  /** What to poll for events. */
  int number() {
    return inotify.number();
  }

  void add(FifoTally tally, Descriptor fifo, @Nullable Descriptor folder) throws ErrnoException {
    add(tally, new Source(inotify.watch(fifo.number(), USE_AND_NAME), ""));
    if (folder == null) {
      return;
    }
    try {
      add(tally, new Source(inotify.watch(folder.number(), USE), tally.name()));
    } catch (ErrnoException e) {
      // A folder that this service cannot read, for example. The FIFO's own events have to do.
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
                inotify.unwatch(entry.getKey().watch());
              }
              return entry.getValue().isEmpty();
            });
  }

  /** Takes in what has happened up to now, and tells whom it is about. */
  void read(Consumer<FifoTally> about) throws ErrnoException {
    inotify.drain(
        event -> {
          if (event.has(Inotify.OVERFLOW)) {
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
    inotify.close();
  }
}
