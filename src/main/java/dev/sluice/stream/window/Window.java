package dev.sluice.stream.window;

import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.StreamExtent.Content;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Parts of a stream that are kept in memory: ranges of data, each with its own buffer, and ranges
 * of zeroes, which need no memory. Ranges never overlap. Writing over a range replaces its bytes.
 * Not thread-safe: guarded by the request lock. Owns its buffers until they are dropped or the
 * window is closed.
 */
public final class Window implements AutoCloseable {

  /** Fills whole segments. Called for consecutive parts of a range that is stored. */
  public interface Filler {
    void fill(MemorySegment into) throws IOException;
  }

  /** The most ranges in {@link #written}. */
  private static final int MAX_WRITTEN = 65_536;

  private final WindowMemory.Account memory;
  private final long reserved;
  private final WindowRanges ranges = new WindowRanges();
  private long buffered;

  /**
   * Ranges of stored data over which no zeroes were written. It may lack some, but never has too
   * many: without data, a stream is not complete by itself.
   */
  private final Ranges written = new Ranges();

  /**
   * Creates an empty window.
   *
   * @param memory the account to which memory is returned
   * @param reserved bytes below this offset do not count against the shared memory
   */
  public Window(WindowMemory.Account memory, long reserved) {
    this.memory = memory;
    this.reserved = reserved;
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** Returns the number of ranges. */
  public int size() {
    return ranges.size();
  }

  /** Returns the memory in use, in bytes. */
  public long buffered() {
    return buffered;
  }

  /** Returns whether any range is data. */
  public boolean hasData() {
    return buffered > 0;
  }

  /** Returns whether a range contains data over which no zeroes were written. */
  public boolean hasWrittenData(long offset, long end) {
    return written.overlaps(offset, end);
  }

  /** Returns the lowest range. The window must not be empty. */
  public WindowRange first() {
    return ranges.first();
  }

  /** Returns the end of the highest range; 0 if there is none. */
  public long end() {
    return ranges.end();
  }

  /** Returns the end of the contiguous ranges from an offset on; the offset if there are none. */
  public long contiguousEnd(long offset) {
    return ranges.contiguousEnd(offset);
  }

  /** Returns the start of the next range above an offset, at most {@code end}. */
  public long nextAfter(long offset, long end) {
    return ranges.nextAfter(offset, end);
  }

  /** Returns how much memory it takes to store data in a range, in bytes. */
  public long bytesFor(long offset, long end) {
    long bytes = 0;
    for (long cursor = offset; cursor < end; ) {
      WindowRange data = ranges.dataAt(cursor);
      if (data != null) {
        cursor = data.end();
      } else {
        long next = ranges.nextData(cursor, end);
        bytes += next - cursor;
        cursor = next;
      }
    }
    return bytes;
  }

  /** Returns how much of {@link #bytesFor} is shared memory, in bytes. */
  public long sharedBytesFor(long offset, long end) {
    return bytesFor(Math.max(offset, reserved), end);
  }

  private long shared(long offset, long end) {
    return Math.max(0, end - Math.max(offset, reserved));
  }

  /** Stores zeroes. */
  public void storeZeroes(long offset, long end) {
    written.remove(offset, end);
    while (written.size() > MAX_WRITTEN) {
      written.remove(written.first(), written.firstEnd()); // errs on the safe side
    }
    for (long cursor = offset; cursor < end; ) {
      WindowRange data = ranges.dataAt(cursor);
      if (data != null) {
        long next = Math.min(end, data.end());
        data.data(cursor, next).fill((byte) 0);
        cursor = next;
      } else {
        long next = ranges.nextData(cursor, end);
        ranges.putZeroes(cursor, next);
        cursor = next;
      }
    }
  }

  /**
   * Stores data. If filling fails, the part that was being filled is not kept, unless it overwrites
   * data.
   *
   * @param pocket has at least {@link #sharedBytesFor} the range
   */
  public void store(WindowMemory.Pocket pocket, long offset, long end, Filler filler)
      throws IOException {
    for (long cursor = offset; cursor < end; ) {
      WindowRange data = ranges.dataAt(cursor);
      if (data != null) {
        long next = Math.min(end, data.end());
        filler.fill(data.data(cursor, next));
        written.add(cursor, next);
        cursor = next;
      } else {
        long next = ranges.nextData(cursor, end);
        putData(cursor, next, filler);
        pocket.spend(shared(cursor, next));
        written.add(cursor, next);
        cursor = next;
      }
    }
  }

  /** Appends the extents of a range to a list. */
  public void describe(long offset, long end, ExtentList into) {
    for (long cursor = offset; cursor < end && !into.isFull(); ) {
      WindowRange range = ranges.at(cursor);
      long next = range != null ? range.end() : ranges.nextAfter(cursor, end);
      Content content =
          range == null ? Content.AHEAD : range.isData() ? Content.DATA : Content.ZEROES;
      into.add(cursor, Math.min(next, end), content);
      cursor = next;
    }
  }

  /** Copies a range. What is not kept is copied as zeroes. */
  public void copy(long offset, MemorySegment into) {
    into.fill((byte) 0);
    long end = offset + into.byteSize();
    for (WindowRange range : ranges.around(offset, end)) {
      long from = Math.max(offset, range.offset());
      long to = Math.min(end, range.end());
      if (range.isData() && from < to) {
        into.asSlice(from - offset, to - from).copyFrom(range.data(from, to));
      }
    }
  }

  /** Drops everything below an offset. */
  public void dropBelow(long offset) {
    written.remove(0, offset);
    while (!ranges.isEmpty() && first().offset() < offset) {
      WindowRange range = ranges.removeFirst();
      if (range.end() > offset) {
        range.dropBelow(offset);
        ranges.put(range);
        return;
      }
      release(range);
    }
  }

  /** Drops all data whose buffer uses shared memory, and adds its ranges to {@code dropped}. */
  public void dropShared(Ranges dropped) {
    ranges
        .all()
        .removeIf(
            range -> {
              NativeBuffer buffer = range.buffer();
              if (buffer == null || shared(buffer, range.end()) == 0) {
                return false;
              }
              dropped.add(range.offset(), range.end());
              written.remove(range.offset(), range.end());
              release(range);
              return true;
            });
  }

  @Override
  public void close() {
    ranges.all().forEach(this::release);
    ranges.clear();
    written.remove(0, Long.MAX_VALUE);
  }

  private void release(WindowRange range) {
    NativeBuffer buffer = range.buffer();
    if (buffer != null) {
      buffered -= buffer.size();
      buffer.close();
      memory.free(shared(buffer, range.end()));
    }
  }

  private long shared(NativeBuffer buffer, long end) {
    return shared(end - buffer.size(), end);
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
    ranges.putData(new WindowRange(offset, end, buffer));
    buffered += buffer.size();
  }
}
