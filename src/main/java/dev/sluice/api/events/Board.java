package dev.sluice.api.events;

import dev.sluice.api.OtherExport;
import dev.sluice.export.Export;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest version of each export. A subscriber that knows the version up to which it was told
 * can continue from there, whatever has happened since, because each export is here once. So that
 * number is all that is kept for a subscriber. Thread-safe; nothing here blocks.
 */
final class Board {

  /**
   * The number of deleted exports that are remembered, for subscribers that have not been told yet.
   */
  private static final int MAX_DELETED = 1000;

  private final EventText text;
  private final Map<String, Item> byId = new HashMap<>();
  private final NavigableMap<Long, Item> byVersion = new TreeMap<>();
  private final Deque<Item> gone = new ArrayDeque<>();
  private long version;

  /**
   * The version of the newest deletion that is no longer remembered. A subscriber that was told
   * less may have missed deletions.
   */
  private long forgotten;

  Board(EventText text) {
    this.text = text;
  }

  /**
   * Looks at all exports, and gives a new version to each that has changed.
   *
   * @param elsewhere the exports shared with other pods, by id
   * @param now {@link System#nanoTime}
   */
  synchronized void look(List<Export> exports, Map<String, OtherExport> elsewhere, long now) {
    Set<String> there = new HashSet<>();
    for (Export export : exports) {
      there.add(export.id());
      Item item = item(export.id());
      change(item, item.look(export, elsewhere.get(export.id()), now));
    }
    for (Map.Entry<String, OtherExport> other : elsewhere.entrySet()) {
      if (other.getValue().isThereAlone() && there.add(other.getKey())) {
        Item item = item(other.getKey());
        change(item, item.look(other.getValue(), now));
      }
    }
    List<Item> missing =
        byId.values().stream()
            .filter(item -> !item.isGone() && !there.contains(item.id()))
            .toList();
    for (Item item : missing) {
      change(item, item.lookAgain(now));
      if (item.hasEnded() || !item.isHere()) { // an export is removed just before it is CANCELLED
        bury(item);
      }
    }
  }

  /**
   * Returns the item of an id, or a new one. An export of another pod may appear again after it was
   * gone.
   */
  private Item item(String id) {
    Item known = byId.get(id);
    if (known != null && !known.isGone()) {
      return known;
    }
    if (known != null) {
      gone.remove(known);
      byVersion.remove(known.version());
    }
    Item item = new Item(id);
    byId.put(id, item);
    return item;
  }

  private void change(Item item, Item.Change change) {
    if (change != Item.Change.NONE) {
      byVersion.remove(item.version());
      item.renew(++version, change);
      byVersion.put(item.version(), item);
    }
  }

  private void bury(Item item) {
    byVersion.remove(item.version());
    item.bury(++version, text);
    byVersion.put(item.version(), item);
    gone.add(item);
    if (gone.size() > MAX_DELETED) {
      Item oldest = gone.remove();
      byId.remove(oldest.id());
      byVersion.remove(oldest.version());
      forgotten = oldest.version();
    }
  }

  /** Returns the latest version. */
  synchronized long version() {
    return version;
  }

  /**
   * Returns whether a subscriber that was told up to this version can continue and miss nothing.
   */
  synchronized boolean canGoOn(long known) {
    return known >= forgotten && known <= version;
  }

  /** Returns whether an export has ended, and a subscriber at this version knows that. */
  synchronized boolean isOver(String id, long known) {
    Item item = byId.get(id);
    return item != null && item.hasEnded() && known >= item.version();
  }

  /**
   * An event to send.
   *
   * @param version the version of the export
   * @param isLast whether nothing more can follow about this export, except its deletion
   */
  record Told(long version, EventKind kind, String json, boolean isLast) {

    /** Stands for deletions that the subscriber was not told of, and that are forgotten. */
    static final Told MISSED = new Told(0, EventKind.DELETED, "{}", /* isLast= */ true);
  }

  /**
   * Returns the next event for a subscriber; null if it is up to date, and {@link Told#MISSED} if
   * it is too late for some.
   */
  synchronized @Nullable Told next(Interest interest, long known) {
    if (interest.id() == null && forgotten > Math.max(known, interest.goneSince())) {
      return Told.MISSED;
    }
    Item item = find(interest, known);
    if (item == null) {
      return null;
    }
    EventKind kind = item.kind(known);
    return new Told(
        item.version(), kind, item.json(kind, interest.seesNames(), text), item.hasEnded());
  }

  private @Nullable Item find(Interest interest, long known) {
    if (interest.id() != null) {
      Item only = byId.get(interest.id());
      return only != null && only.version() > known ? only : null;
    }
    return byVersion.tailMap(known, false).values().stream()
        .filter(item -> !item.isGone() || item.version() > interest.goneSince())
        .findFirst()
        .orElse(null);
  }

  /**
   * What a subscriber wants to be told.
   *
   * @param id the one export that it asked for; null for all
   * @param seesNames whether it may see names
   * @param goneSince it is not told of exports that were gone by this version, as it never knew
   *     them
   */
  record Interest(@Nullable String id, boolean seesNames, long goneSince) {}
}
