package dev.sluice.stream;

import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.StreamExtent.Content;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a stream that are kept in memory: ranges of data, each in a buffer of its own, and
 * ranges of zeroes, which cost nothing. Ranges never overlap; writing over a range replaces its
 * bytes. Not thread-safe: the stream's lock guards it. Owns its buffers until they are dropped or
 * it is closed.
 */
final class Window implements AutoCloseable {

  /** Fills all of a segment; called for consecutive parts of what is stored. */
  interface Filler {
    void fill(MemorySegment into) throws IOException;
  }

  /** The most ranges of data that are told from zeroes written over them. */
  private static final int MOST_WRITTEN = 65_536;

  private final WindowMemory.Account memory;
  private final long reserved;
  private final TreeMap<Long, Extent> extents = new TreeMap<>();
  private long buffered;

  /** Where data was stored, and no zeroes since, if not less. */
  private final Ranges written = new Ranges();

  /**
   * An empty window.
   *
   * @param memory where its memory goes back to
   * @param reserved bytes below this offset have memory of their own, which nobody has to ask for
   */
  Window(WindowMemory.Account memory, long reserved) {
    this.memory = memory;
    this.reserved = reserved;
  }

  /** A range: data, or zeroes where there is no buffer. */
  static final class Extent {
    private long offset;
    private final long end;
    private final @Nullable NativeBuffer buffer;

    private Extent(long offset, long end, @Nullable NativeBuffer buffer) {
      this.offset = offset;
      this.end = end;
      this.buffer = buffer;
    }

    long offset() {
      return offset;
    }

    long end() {
      return end;
    }

    /** The range's bytes, or null for zeroes. */
    @Nullable MemorySegment data() {
      return buffer == null ? null : data(buffer, offset, end);
    }

    private MemorySegment data(NativeBuffer of, long from, long to) {
      return of.memory().asSlice(of.size() - (end - from), to - from);
    }
  }

  boolean isEmpty() {
    return extents.isEmpty();
  }

  /** The number of ranges. */
  int size() {
    return extents.size();
  }

  /** The memory in use, in bytes. */
  long buffered() {
    return buffered;
  }

  /** Whether any range is data. */
  boolean hasData() {
    return buffered > 0;
  }

  /** Whether any of a range is data that no zeroes were written over. */
  boolean hasWrittenData(long offset, long end) {
    return written.overlaps(offset, end);
  }

  /** The lowest range. */
  Extent first() {
    return extents.firstEntry().getValue();
  }

  /** Where the highest range ends, or 0. */
  long end() {
    return extents.isEmpty() ? 0 : extents.lastEntry().getValue().end;
  }

  /** How far the ranges reach from an offset without a gap. */
  long contiguousEnd(long offset) {
    long reached = offset;
    for (Extent extent = at(reached); extent != null; extent = at(reached)) {
      reached = extent.end;
    }
    return reached;
  }

  /** Where the next range begins above an offset, at most the end. */
  long nextAfter(long offset, long end) {
    @Nullable Long next = extents.higherKey(offset);
    return next == null ? end : Math.min(next, end);
  }

  /** How many bytes of memory storing a range would take. */
  long bytesFor(long offset, long end) {
    long bytes = 0;
    for (long cursor = offset; cursor < end; ) {
      Extent extent = at(cursor);
      if (extent != null && extent.buffer != null) {
        cursor = extent.end;
      } else {
        long next = nextData(cursor, end);
        bytes += next - cursor;
        cursor = next;
      }
    }
    return bytes;
  }

  /** How many of those bytes have to be asked for. */
  long sharedBytesFor(long offset, long end) {
    return bytesFor(Math.max(offset, reserved), end);
  }

  private long shared(long offset, long end) {
    return Math.max(0, end - Math.max(offset, reserved));
  }

  /** Keeps zeroes. */
  void storeZeroes(long offset, long end) {
    written.remove(offset, end);
    while (written.size() > MOST_WRITTEN) {
      written.remove(written.first(), written.firstEnd()); // which errs on the loud side
    }
    for (long cursor = offset; cursor < end; ) {
      Extent extent = at(cursor);
      if (extent != null && extent.buffer != null) {
        long next = Math.min(end, extent.end);
        extent.data(extent.buffer, cursor, next).fill((byte) 0);
        cursor = next;
      } else {
        long next = nextData(cursor, end);
        putZeroes(cursor, next);
        cursor = next;
      }
    }
  }

  /**
   * Keeps data. A part whose filling fails is not kept, unless it overwrites data.
   *
   * @param pocket has at least {@link #sharedBytesFor} the range
   */
  void store(WindowMemory.Pocket pocket, long offset, long end, Filler filler) throws IOException {
    for (long cursor = offset; cursor < end; ) {
      Extent extent = at(cursor);
      if (extent != null && extent.buffer != null) {
        long next = Math.min(end, extent.end);
        filler.fill(extent.data(extent.buffer, cursor, next));
        written.add(cursor, next);
        cursor = next;
      } else {
        long next = nextData(cursor, end);
        putData(cursor, next, filler);
        pocket.spend(shared(cursor, next));
        written.add(cursor, next);
        cursor = next;
      }
    }
  }

  /** Tells what is kept of a range. */
  void describe(long offset, long end, ExtentList into) {
    for (long cursor = offset; cursor < end && !into.isFull(); ) {
      Extent extent = at(cursor);
      @Nullable Long above = extents.higherKey(cursor);
      long next = extent != null ? extent.end : above != null ? above : end;
      Content content =
          extent == null ? Content.AHEAD : extent.buffer == null ? Content.ZEROES : Content.DATA;
      into.add(cursor, Math.min(next, end), content);
      cursor = next;
    }
  }

  /** Copies what is kept of a range; where nothing is kept the segment becomes zero. */
  void copy(long offset, MemorySegment into) {
    into.fill((byte) 0);
    long end = offset + into.byteSize();
    Map.Entry<Long, Extent> below = extents.floorEntry(offset);
    long start = below == null ? offset : below.getKey();
    for (Extent extent : extents.subMap(start, end).values()) {
      long from = Math.max(offset, extent.offset);
      long to = Math.min(end, extent.end);
      if (extent.buffer != null && from < to) {
        into.asSlice(from - offset, to - from).copyFrom(extent.data(extent.buffer, from, to));
      }
    }
  }

  /** Drops everything below an offset. */
  void dropBelow(long offset) {
    written.remove(0, offset);
    while (!extents.isEmpty()) {
      Extent extent = first();
      if (extent.offset >= offset) {
        return;
      }
      extents.pollFirstEntry();
      if (extent.end > offset) {
        extent.offset = offset;
        extents.put(offset, extent);
        return;
      }
      release(extent);
    }
  }

  /** Drops all data that has shared memory, and tells where it was. */
  void dropShared(Ranges dropped) {
    extents
        .values()
        .removeIf(
            extent -> {
              if (extent.buffer == null || shared(extent.buffer, extent.end) == 0) {
                return false;
              }
              dropped.add(extent.offset, extent.end);
              written.remove(extent.offset, extent.end);
              release(extent);
              return true;
            });
  }

  @Override
  public void close() {
    extents.values().forEach(this::release);
    extents.clear();
    written.remove(0, Long.MAX_VALUE);
  }

  private void release(Extent extent) {
    if (extent.buffer != null) {
      buffered -= extent.buffer.size();
      extent.buffer.close();
      memory.free(shared(extent.buffer, extent.end));
    }
  }

  private long shared(NativeBuffer buffer, long end) {
    return shared(end - buffer.size(), end);
  }

  /** The range that has this offset. */
  private @Nullable Extent at(long offset) {
    Map.Entry<Long, Extent> entry = extents.floorEntry(offset);
    return entry == null || entry.getValue().end <= offset ? null : entry.getValue();
  }

  /** Where the next data begins, at most the end. */
  private long nextData(long offset, long end) {
    for (Extent extent : extents.subMap(offset, end).values()) {
      if (extent.buffer != null) {
        return extent.offset;
      }
    }
    return end;
  }

  private void putData(long offset, long end, Filler filler) throws IOException {
    NativeBuffer buffer = NativeBuffer.allocate(end - offset);
    boolean filled = false;
    try {
      filler.fill(buffer.memory());
      filled = true;
    } finally {
      if (!filled) {
        buffer.close();
      }
    }
    clearZeroes(offset, end);
    extents.put(offset, new Extent(offset, end, buffer));
    buffered += buffer.size();
  }

  /** Zeroes next to zeroes become one range, so that many small ones stay few. */
  private void putZeroes(long offset, long end) {
    Extent below = offset == 0 ? null : at(offset - 1);
    Extent above = at(end);
    long from = below != null && below.buffer == null ? below.offset : offset;
    long to = above != null && above.buffer == null ? above.end : end;
    clearZeroes(from, to);
    extents.put(from, new Extent(from, to, null));
  }

  /** Takes a range that holds no data out of the zero ranges. */
  private void clearZeroes(long offset, long end) {
    Extent below = at(offset);
    if (below != null && below.offset < offset) {
      extents.put(below.offset, new Extent(below.offset, offset, null));
      extents.put(offset, new Extent(offset, below.end, null));
    }
    Extent above = at(end);
    if (above != null && above.offset < end) {
      extents.put(end, new Extent(end, above.end, null));
    }
    extents.subMap(offset, end).clear();
  }
}
