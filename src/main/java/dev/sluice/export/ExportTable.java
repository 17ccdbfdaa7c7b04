package dev.sluice.export;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Exports by name, in the order of their creation, and those that are listed. Reading takes no
 * lock, as both are replaced whole; changes are guarded by the monitor of the registry that has it.
 */
final class ExportTable {

  private volatile Map<String, Export> exports = Map.of();

  /** Those that have not ended; apart, since strangers can ask for them again and again. */
  private volatile List<Export> listed = List.of();

  /** The export with this name, ended ones included. */
  Optional<Export> find(String name) {
    return Optional.ofNullable(exports.get(name));
  }

  /** All of them, ended ones included. */
  List<Export> all() {
    return List.copyOf(exports.values());
  }

  /** Those that are listed and have not ended. */
  List<Export> listed() {
    return listed;
  }

  void add(Export export) {
    Map<String, Export> copy = new LinkedHashMap<>(exports);
    copy.put(export.name(), export);
    exports = Collections.unmodifiableMap(copy);
    if (export.spec().listed() && endedAt(export) == null) {
      List<Export> more = new ArrayList<>(listed);
      more.add(export);
      listed = List.copyOf(more);
    }
  }

  void remove(Export export) {
    forget(List.of(export));
    listed = listed.stream().filter(other -> !other.equals(export)).toList();
  }

  /** An export has ended: of those that have, so many are kept, the latest. */
  void noteEnd(int keepEnded) {
    listed = listed.stream().filter(export -> endedAt(export) == null).toList();
    List<Export> ended =
        exports.values().stream().filter(export -> endedAt(export) != null).toList();
    int surplus = ended.size() - keepEnded;
    if (surplus > 0) {
      forget(
          ended.stream()
              .sorted(Comparator.comparing(e -> Objects.requireNonNull(endedAt(e))))
              .limit(surplus)
              .toList());
    }
  }

  private void forget(List<Export> gone) {
    Map<String, Export> copy = new LinkedHashMap<>(exports);
    gone.forEach(export -> copy.remove(export.name()));
    exports = Collections.unmodifiableMap(copy);
  }

  private static @Nullable Instant endedAt(Export export) {
    return export.stream().status().endedAt();
  }
}
