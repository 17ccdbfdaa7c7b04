package dev.sluice.export;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Exports by name and by id, in the order of their creation, those that are listed, and those that
 * have ended in the order of their ends. Reading takes no lock; changes are guarded by the monitor
 * of the registry that has it. None of them looks at all exports.
 */
final class ExportTable {

  private final boolean anyName;
  private final ExportChanges changes;
  private final Map<String, Export> byName = new ConcurrentHashMap<>();
  private final Map<String, Export> byId = new ConcurrentHashMap<>();
  private final Map<String, Long> numbers = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, Export> all = new ConcurrentSkipListMap<>();

  /** Those that have not ended; apart, since strangers can ask for them again and again. */
  private final ConcurrentSkipListMap<Long, Export> listed = new ConcurrentSkipListMap<>();

  private final Map<String, Export> ended = new LinkedHashMap<>();
  private long next;

  /**
   * An empty table.
   *
   * @param anyName whether the one export that there is has every name
   * @param changes is told of each export more or less
   */
  ExportTable(boolean anyName, ExportChanges changes) {
    this.anyName = anyName;
    this.changes = changes;
  }

  /** The export with this name, ended ones included. */
  Optional<Export> find(String name) {
    return anyName
        ? Optional.ofNullable(all.firstEntry()).map(Map.Entry::getValue)
        : Optional.ofNullable(byName.get(name));
  }

  /** The export with this id, ended ones included. */
  Optional<Export> findById(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** All of them, ended ones included. */
  List<Export> all() {
    return new ArrayList<>(all.values());
  }

  /** Those that are listed and have not ended. */
  List<Export> listed() {
    return new ArrayList<>(listed.values());
  }

  void add(Export export) {
    long number = next++;
    numbers.put(export.id(), number);
    byName.put(export.name(), export);
    byId.put(export.id(), export);
    all.put(number, export);
    if (export.spec().listed() && endedAt(export) == null) {
      listed.put(number, export);
    }
    changes.note();
  }

  void remove(Export export) {
    Long number = numbers.remove(export.id());
    if (number != null) {
      byName.remove(export.name());
      byId.remove(export.id());
      all.remove(number);
      listed.remove(number);
      ended.remove(export.id());
      changes.note();
    }
  }

  /** An export has ended. */
  void noteEnd(String id) {
    Export export = byId.get(id);
    Long number = numbers.get(id);
    if (export != null && number != null) {
      listed.remove(number);
      ended.put(id, export);
    }
  }

  /**
   * Forgets exports that have ended, those that ended first.
   *
   * @param most how many are kept
   * @param since those that ended before are not; null: however old they are
   * @return which are forgotten
   */
  List<Export> forget(int most, @Nullable Instant since) {
    List<Export> forgotten = new ArrayList<>();
    while (!ended.isEmpty()) {
      Export first = ended.values().iterator().next();
      Instant end = endedAt(first);
      boolean old = since != null && end != null && end.isBefore(since);
      if (ended.size() <= most && !old) {
        break;
      }
      remove(first);
      forgotten.add(first);
    }
    return forgotten;
  }

  private static @Nullable Instant endedAt(Export export) {
    return export.stream().status().endedAt();
  }
}
