package dev.sluice.stream.window;

import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.StreamExtent.Content;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Parts of a stream that are kept in memory: ranges of data, each in a buffer of its own, and
 * ranges of zeroes, which cost nothing. Ranges never overlap; writing over a range replaces its
 * bytes. Not thread-safe: the stream's lock guards it. Owns its buffers until they are dropped or
 * it is closed.
 */
public final class Window implements AutoCloseable {

  /** Fills all of a segment; called for consecutive parts of what is stored. */
  public interface Filler {
    void fill(MemorySegment into) throws IOException;
  }

  /** The most ranges of data that are told from zeroes written over them. */
  private static final int MOST_WRITTEN = 65_536;

  private final WindowMemory.Account memory;
  private final long reserved;
  private final WindowRanges ranges = new WindowRanges();
  private long buffered;

  /** Where data was stored, and no zeroes since, if not less. */
  private final Ranges written = new Ranges();

  /**
   * An empty window.
   *
   * @param memory where its memory goes back to
   * @param reserved bytes below this offset have memory of their own, which nobody has to ask for
   */
  public Window(WindowMemory.Account memory, long reserved) {
    this.memory = memory;
    this.reserved = reserved;
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** The number of ranges. */
  public int size() {
    return ranges.size();
  }

  /** The memory in use, in bytes. */
  public long buffered() {
    return buffered;
  }

  /** Whether any range is data. */
  public boolean hasData() {
    return buffered > 0;
  }

  /** Whether any of a range is data that no zeroes were written over. */
  public boolean hasWrittenData(long offset, long end) {
    return written.overlaps(offset, end);
  }

  /** The lowest range. */
  public WindowRange first() {
    return ranges.first();
  }

  /** Where the highest range ends, or 0. */
  public long end() {
    return ranges.end();
  }

  /** How far the ranges reach from an offset without a gap. */
  public long contiguousEnd(long offset) {
    return ranges.contiguousEnd(offset);
  }

  /** Where the next range begins above an offset, at most the end. */
  public long nextAfter(long offset, long end) {
    return ranges.nextAfter(offset, end);
  }

  /** How many bytes of memory storing a range would take. */
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

  /** How many of those bytes have to be asked for. */
  public long sharedBytesFor(long offset, long end) {
    return bytesFor(Math.max(offset, reserved), end);
  }

  private long shared(long offset, long end) {
    return Math.max(0, end - Math.max(offset, reserved));
  }

  /** Keeps zeroes. */
  public void storeZeroes(long offset, long end) {
    written.remove(offset, end);
    while (written.size() > MOST_WRITTEN) {
      written.remove(written.first(), written.firstEnd()); // which errs on the loud side
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
   * Keeps data. A part whose filling fails is not kept, unless it overwrites data.
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

  /** Tells what is kept of a range. */
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

  /** Copies what is kept of a range; where nothing is kept the segment becomes zero. */
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

  /** Drops all data that has shared memory, and tells where it was. */
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
