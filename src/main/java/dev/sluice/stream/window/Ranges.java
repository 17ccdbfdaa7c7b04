package dev.sluice.stream.window;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of offsets, as ranges that neither overlap nor touch. A range includes its start and
 * excludes its end. Not thread-safe.
 */
public final class Ranges {

  private final TreeMap<Long, Long> ends = new TreeMap<>();

  public boolean isEmpty() {
    return ends.isEmpty();
  }

  public int size() {
    return ends.size();
  }

  /** Returns the lowest offset in the set, which must not be empty. */
  public long first() {
    return ends.firstKey();
  }

  /** Returns the end of the lowest range. The set must not be empty. */
  public long firstEnd() {
    return ends.firstEntry().getValue();
  }

  public void add(long from, long to) {
    if (from >= to) {
      return;
    }
    long start = from;
    long end = to;
    Map.Entry<Long, Long> touching = ends.floorEntry(to);
    while (touching != null && touching.getValue() >= from) {
      start = Math.min(start, touching.getKey());
      end = Math.max(end, touching.getValue());
      ends.remove(touching.getKey());
      touching = ends.floorEntry(to);
    }
    ends.put(start, end);
  }

  public void remove(long from, long to) {
    if (from >= to) {
      return;
    }
    Map.Entry<Long, Long> below = ends.lowerEntry(to);
    while (below != null && below.getValue() > from) {
      ends.remove(below.getKey());
      if (below.getValue() > to) {
        ends.put(to, below.getValue());
      }
      if (below.getKey() < from) {
        ends.put(below.getKey(), from);
        return;
      }
      below = ends.lowerEntry(to);
    }
  }

  /**
   * Returns the lowest offset in the set that is not below the given one; {@link Long#MAX_VALUE} if
   * there is none.
   */
  public long firstFrom(long offset) {
    Map.Entry<Long, Long> below = ends.floorEntry(offset);
    if (below != null && below.getValue() > offset) {
      return offset;
    }
    @Nullable Long above = ends.ceilingKey(offset);
    return above == null ? Long.MAX_VALUE : above;
  }

  /** Returns the end of the range that contains an offset; the offset itself if none does. */
  public long endFrom(long offset) {
    Map.Entry<Long, Long> below = ends.floorEntry(offset);
    return below == null ? offset : Math.max(offset, below.getValue());
  }

  public void addAll(Ranges others) {
    others.ends.forEach(this::add);
  }

  public void removeAll(Ranges others) {
    others.ends.forEach(this::remove);
  }

  /** Returns whether the set contains all of a range. */
  public boolean covers(long from, long to) {
    Map.Entry<Long, Long> below = ends.floorEntry(from);
    return from >= to || (below != null && below.getValue() >= to);
  }

  public boolean coversAll(Ranges others) {
    return others.ends.entrySet().stream().allMatch(one -> covers(one.getKey(), one.getValue()));
  }

  /** Returns the part of the set between two offsets. */
  public Ranges between(long from, long to) {
    Ranges part = new Ranges();
    part.addAll(this);
    part.remove(Long.MIN_VALUE, from);
    part.remove(to, Long.MAX_VALUE);
    return part;
  }

  /** Returns the intersection with another set. */
  public Ranges within(Ranges other) {
    Ranges rest = new Ranges();
    rest.addAll(this);
    rest.removeAll(other);
    Ranges part = new Ranges();
    part.addAll(this);
    part.removeAll(rest);
    return part;
  }

  /** Returns the number of offsets in the set. */
  public long bytes() {
    return ends.entrySet().stream().mapToLong(one -> one.getValue() - one.getKey()).sum();
  }

  public boolean overlaps(long from, long to) {
    Map.Entry<Long, Long> below = ends.lowerEntry(to);
    return from < to && below != null && below.getValue() > from;
  }

  /** Merges all ranges into one, with the gaps between them, if there are more than this many. */
  public void collapseAbove(int most) {
    if (ends.size() > most) {
      add(ends.firstKey(), ends.lastEntry().getValue());
    }
  }
}
