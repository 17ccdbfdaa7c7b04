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
 * Indexes exports by name and by id, in the order of their creation, and those that have ended in
 * the order of their ends. Reads take no lock. Changes are guarded by the monitor of the {@link
 * ExportSet} that owns it. No change scans all exports.
 */
final class ExportTable {

  private final boolean anyName;
  private final ExportChanges changes;
  private final Map<String, Export> byName = new ConcurrentHashMap<>();
  private final Map<String, Export> byId = new ConcurrentHashMap<>();
  private final Map<String, Long> numbers = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, Export> all = new ConcurrentSkipListMap<>();

  /**
   * The listed exports that have not ended. A separate index, since any NBD client can ask for the
   * list again and again.
   */
  private final ConcurrentSkipListMap<Long, Export> listed = new ConcurrentSkipListMap<>();

  private final Map<String, Export> ended = new LinkedHashMap<>();
  private long next;

  /**
   * Creates an empty table.
   *
   * @param anyName whether the one export has every name
   * @param changes is told of each export that is added or removed
   */
  ExportTable(boolean anyName, ExportChanges changes) {
    this.anyName = anyName;
    this.changes = changes;
  }

  /** Returns the export with this name, which may have ended. */
  Optional<Export> find(String name) {
    return anyName
        ? Optional.ofNullable(all.firstEntry()).map(Map.Entry::getValue)
        : Optional.ofNullable(byName.get(name));
  }

  /** Returns the export with this id, which may have ended. */
  Optional<Export> findById(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** Returns all exports, with those that have ended. */
  List<Export> all() {
    return new ArrayList<>(all.values());
  }

  /** Returns the listed exports that have not ended. */
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

  /** Notes that an export has ended. */
  void noteEnd(String id) {
    Export export = byId.get(id);
    Long number = numbers.get(id);
    if (export != null && number != null) {
      listed.remove(number);
      ended.put(id, export);
    }
  }

  /**
   * Forgets ended exports, beginning with the one that ended first.
   *
   * @param most how many ended exports are kept
   * @param since exports that ended before this are forgotten; null for no limit of age
   * @return the forgotten exports
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
