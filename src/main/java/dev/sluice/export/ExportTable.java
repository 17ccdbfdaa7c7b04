package dev.sluice.export;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Exports by name and by id, in the order of their creation, and those that are listed. Reading
 * takes no lock, as all are replaced together; changes are guarded by the monitor of the registry
 * that has it.
 */
final class ExportTable {

  private final boolean anyName;
  private final ExportChanges changes;
  private volatile Content content = new Content(List.of());

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

  /**
   * What is found.
   *
   * @param listed those that have not ended; apart, since strangers can ask for them again and
   *     again
   */
  private record Content(
      List<Export> all, Map<String, Export> byName, Map<String, Export> byId, List<Export> listed) {

    Content(List<Export> all) {
      this(
          List.copyOf(all),
          all.stream().collect(Collectors.toUnmodifiableMap(Export::name, each -> each)),
          all.stream().collect(Collectors.toUnmodifiableMap(Export::id, each -> each)),
          all.stream().filter(each -> each.spec().listed() && endedAt(each) == null).toList());
    }
  }

  /** The export with this name, ended ones included. */
  Optional<Export> find(String name) {
    return anyName
        ? content.all().stream().findFirst()
        : Optional.ofNullable(content.byName().get(name));
  }

  /** The export with this id, ended ones included. */
  Optional<Export> findById(String id) {
    return Optional.ofNullable(content.byId().get(id));
  }

  /** All of them, ended ones included. */
  List<Export> all() {
    return content.all();
  }

  /** Those that are listed and have not ended. */
  List<Export> listed() {
    return content.listed();
  }

  void add(Export export) {
    List<Export> more = new ArrayList<>(content.all());
    more.add(export);
    replace(more);
  }

  void remove(Export export) {
    keep(other -> !other.equals(export));
  }

  /** An export has ended: of those that have, so many are kept, the latest. */
  void noteEnd(int keepEnded) {
    List<Export> ended = content.all().stream().filter(each -> endedAt(each) != null).toList();
    int surplus = Math.max(0, ended.size() - keepEnded);
    Set<Export> forgotten =
        ended.stream()
            .sorted(Comparator.comparing(each -> Objects.requireNonNull(endedAt(each))))
            .limit(surplus)
            .collect(Collectors.toSet());
    keep(each -> !forgotten.contains(each));
  }

  private void keep(Predicate<Export> kept) {
    replace(content.all().stream().filter(kept).toList());
  }

  private void replace(List<Export> all) {
    content = new Content(all);
    changes.note();
  }

  private static @Nullable Instant endedAt(Export export) {
    return export.stream().status().endedAt();
  }
}
