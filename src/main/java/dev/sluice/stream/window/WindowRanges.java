package dev.sluice.stream.window;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of a window, by their offsets. They never overlap. It does not own their buffers. Not
 * thread-safe.
 */
final class WindowRanges {

  private final TreeMap<Long, WindowRange> ranges = new TreeMap<>();

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  int size() {
    return ranges.size();
  }

  /** The lowest one. */
  WindowRange first() {
    return ranges.firstEntry().getValue();
  }

  /** Where the highest one ends, or 0. */
  long end() {
    return ranges.isEmpty() ? 0 : ranges.lastEntry().getValue().end();
  }

  /** All of them, from the lowest on; what is removed there is removed here. */
  Collection<WindowRange> all() {
    return ranges.values();
  }

  /** Those that begin between two offsets, and the one before. */
  Collection<WindowRange> around(long from, long to) {
    Map.Entry<Long, WindowRange> below = ranges.floorEntry(from);
    return ranges.subMap(below == null ? from : below.getKey(), to).values();
  }

  /** The range that has this offset. */
  @Nullable WindowRange at(long offset) {
    Map.Entry<Long, WindowRange> entry = ranges.floorEntry(offset);
    return entry == null || entry.getValue().end() <= offset ? null : entry.getValue();
  }

  /** The range that has this offset, if it is data. */
  @Nullable WindowRange dataAt(long offset) {
    WindowRange range = at(offset);
    return range != null && range.isData() ? range : null;
  }

  /** How far they reach from an offset without a gap. */
  long contiguousEnd(long offset) {
    long reached = offset;
    for (WindowRange range = at(reached); range != null; range = at(reached)) {
      reached = range.end();
    }
    return reached;
  }

  /** Where the next one begins above an offset, at most the end. */
  long nextAfter(long offset, long end) {
    @Nullable Long next = ranges.higherKey(offset);
    return next == null ? end : Math.min(next, end);
  }

  /** Where the next data begins, at most the end. */
  long nextData(long offset, long end) {
    for (WindowRange range : ranges.subMap(offset, end).values()) {
      if (range.isData()) {
        return range.offset();
      }
    }
    return end;
  }

  /** Adds data where there is none: zeroes there go. */
  void putData(WindowRange data) {
    clearZeroes(data.offset(), data.end());
    put(data);
  }

  /** Zeroes next to zeroes become one range, so that many small ones stay few. */
  void putZeroes(long offset, long end) {
    WindowRange below = offset == 0 ? null : at(offset - 1);
    WindowRange above = at(end);
    long from = below != null && !below.isData() ? below.offset() : offset;
    long to = above != null && !above.isData() ? above.end() : end;
    clearZeroes(from, to);
    put(new WindowRange(from, to, null));
  }

  /** Takes the lowest range out. */
  WindowRange removeFirst() {
    return ranges.pollFirstEntry().getValue();
  }

  /** Adds a range where there is nothing. */
  void put(WindowRange range) {
    ranges.put(range.offset(), range);
  }

  void clear() {
    ranges.clear();
  }

  /** Takes a range that holds no data out of the zero ranges. */
  private void clearZeroes(long offset, long end) {
    WindowRange below = at(offset);
    if (below != null && below.offset() < offset) {
      put(new WindowRange(below.offset(), offset, null));
      put(new WindowRange(offset, below.end(), null));
    }
    WindowRange above = at(end);
    if (above != null && above.offset() < end) {
      put(new WindowRange(end, above.end(), null));
    }
    ranges.subMap(offset, end).clear();
  }
}
