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
 * The latest version of each export. Whoever knows up to which version it was told can go on there,
 * however much has happened since: each export is there once. So nothing is kept for a subscriber
 * except that number. Thread-safe; nothing here waits.
 */
final class Board {

  /** So many exports that are gone are remembered, for those who have not heard of it. */
  private static final int GRAVES = 1000;

  private final EventText text;
  private final Map<String, Item> byId = new HashMap<>();
  private final NavigableMap<Long, Item> byVersion = new TreeMap<>();
  private final Deque<Item> gone = new ArrayDeque<>();
  private long version;

  /** Whoever was told no more than this may have missed that an export has gone. */
  private long forgotten;

  Board(EventText text) {
    this.text = text;
  }

  /**
   * Looks at all exports, and gives a new version to each that has changed.
   *
   * @param elsewhere those that are shared, by their ids
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
      if (item.hasEnded() || !item.isHere()) { // one is deleted just before it is CANCELLED
        bury(item);
      }
    }
  }

  /** That of an id, or a new one: an export may come back that others have. */
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
    if (gone.size() > GRAVES) {
      Item oldest = gone.remove();
      byId.remove(oldest.id());
      byVersion.remove(oldest.version());
      forgotten = oldest.version();
    }
  }

  /** The version of what has changed last. */
  synchronized long version() {
    return version;
  }

  /** Whether somebody who was told so much can go on there, and miss nothing. */
  synchronized boolean canGoOn(long known) {
    return known >= forgotten && known <= version;
  }

  /** Whether an export has ended, and somebody who was told so much knows how. */
  synchronized boolean isOver(String id, long known) {
    Item item = byId.get(id);
    return item != null && item.hasEnded() && known >= item.version();
  }

  /**
   * What is to be told next.
   *
   * @param version of it
   * @param isLast whether nothing more can come of this export, unless it is deleted
   */
  record Told(long version, EventKind kind, String json, boolean isLast) {}

  /** The next thing to tell a subscriber; null if it knows everything. */
  synchronized @Nullable Told next(Interest interest, long known) {
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
   * @param seesNames whether it may learn names
   * @param goneSince it knows of no export that had gone by this version
   */
  record Interest(@Nullable String id, boolean seesNames, long goneSince) {}
}
