package dev.sluice.stream.window;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The last bytes that a read stream passed on, in a ring, so that a client that comes back can read
 * them again. The stream's lock guards it. Owns its memory, which it takes as a whole when it is
 * first needed.
 */
public final class Recent implements AutoCloseable {

  private final WindowMemory.Account memory;
  private final long size;
  private @Nullable NativeBuffer ring;
  private long start;
  private long end;

  /**
   * A ring that keeps nothing yet.
   *
   * @param size how many bytes it keeps; 0: none, ever
   */
  public Recent(WindowMemory.Account memory, long size) {
    this.memory = memory;
    this.size = size;
  }

  /**
   * Keeps what is added from now on.
   *
   * @param pocket has the memory for it, unless it is open already
   */
  public void open(WindowMemory.Pocket pocket, long position) throws ErrnoException {
    if (ring == null && size > 0) {
      ring = NativeBuffer.allocate(size);
      pocket.spend(size);
      start = position;
      end = position;
    }
  }

  public boolean isOpen() {
    return ring != null;
  }

  /** These bytes are passed on next. */
  public void add(MemorySegment bytes) {
    if (ring == null) {
      return;
    }
    long count = Math.min(bytes.byteSize(), size);
    long from = end + bytes.byteSize() - count;
    copy(bytes.asSlice(bytes.byteSize() - count), ring.memory(), from, true);
    end += bytes.byteSize();
    start = Math.max(start, end - size);
  }

  /** Where what is kept begins; it goes on to the stream's position. */
  public long start() {
    return start;
  }

  /** Where what is kept ends, from an offset on: the offset itself if that is not kept. */
  public long contiguousEnd(long offset) {
    return offset >= start && offset < end ? end : offset;
  }

  /** Copies what is kept from an offset on. */
  public void read(long offset, MemorySegment into) {
    if (ring == null || offset < start || offset + into.byteSize() > end) {
      throw new IllegalStateException("more asked for than is kept");
    }
    copy(into, ring.memory(), offset, false);
  }

  private void copy(MemorySegment bytes, MemorySegment memory, long offset, boolean in) {
    for (long done = 0; done < bytes.byteSize(); ) {
      long at = (offset + done) % size;
      long count = Math.min(bytes.byteSize() - done, size - at);
      MemorySegment part = bytes.asSlice(done, count);
      MemorySegment kept = memory.asSlice(at, count);
      if (in) {
        kept.copyFrom(part);
      } else {
        part.copyFrom(kept);
      }
      done += count;
    }
  }

  @Override
  public void close() {
    if (ring != null) {
      ring.close();
      ring = null;
      start = end;
      memory.free(size);
    }
  }
}
