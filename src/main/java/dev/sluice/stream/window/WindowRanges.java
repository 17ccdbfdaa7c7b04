package dev.sluice.stream.window;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of a window, sorted by offset. They never overlap. Does not own their buffers. Not
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

  /** Returns the lowest range. There has to be one. */
  WindowRange first() {
    return ranges.firstEntry().getValue();
  }

  /** Returns the end of the highest range; 0 if there is none. */
  long end() {
    return ranges.isEmpty() ? 0 : ranges.lastEntry().getValue().end();
  }

  /** Returns a view of all ranges in ascending order. Removing from it removes them here. */
  Collection<WindowRange> all() {
    return ranges.values();
  }

  /** Returns the ranges that begin between two offsets, and the one before them. */
  Collection<WindowRange> around(long from, long to) {
    Map.Entry<Long, WindowRange> below = ranges.floorEntry(from);
    return ranges.subMap(below == null ? from : below.getKey(), to).values();
  }

  /** Returns the range that contains an offset; null if none does. */
  @Nullable WindowRange at(long offset) {
    Map.Entry<Long, WindowRange> entry = ranges.floorEntry(offset);
    return entry == null || entry.getValue().end() <= offset ? null : entry.getValue();
  }

  /** Returns the data range that contains an offset; null if none does. */
  @Nullable WindowRange dataAt(long offset) {
    WindowRange range = at(offset);
    return range != null && range.isData() ? range : null;
  }

  /**
   * Returns the end of the contiguous ranges that contain an offset; the offset itself if none
   * does.
   */
  long contiguousEnd(long offset) {
    long reached = offset;
    for (WindowRange range = at(reached); range != null; range = at(reached)) {
      reached = range.end();
    }
    return reached;
  }

  /** Returns the start of the next range above an offset, at most {@code end}. */
  long nextAfter(long offset, long end) {
    @Nullable Long next = ranges.higherKey(offset);
    return next == null ? end : Math.min(next, end);
  }

  /** Returns the start of the next data range at or above an offset, at most {@code end}. */
  long nextData(long offset, long end) {
    for (WindowRange range : ranges.subMap(offset, end).values()) {
      if (range.isData()) {
        return range.offset();
      }
    }
    return end;
  }

  /** Adds a data range where there is no data, in place of any zeroes. */
  void putData(WindowRange data) {
    clearZeroes(data.offset(), data.end());
    put(data);
  }

  /**
   * Adds a range of zeroes, and merges it with its neighbours, so that many small ones stay few.
   */
  void putZeroes(long offset, long end) {
    WindowRange below = offset == 0 ? null : at(offset - 1);
    WindowRange above = at(end);
    long from = below != null && !below.isData() ? below.offset() : offset;
    long to = above != null && !above.isData() ? above.end() : end;
    clearZeroes(from, to);
    put(new WindowRange(from, to, null));
  }

  /** Removes and returns the lowest range. There has to be one. */
  WindowRange removeFirst() {
    return ranges.pollFirstEntry().getValue();
  }

  /** Adds a range where there is none. */
  void put(WindowRange range) {
    ranges.put(range.offset(), range);
  }

  void clear() {
    ranges.clear();
  }

  /** Removes a range that contains no data from the ranges of zeroes. */
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
