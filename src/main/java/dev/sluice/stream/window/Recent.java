package dev.sluice.stream.window;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A ring with the last bytes that a read stream passed on, so that a returning client can read them
 * again. Guarded by the request lock. Owns its memory, which it allocates as a whole when it is
 * opened.
 */
public final class Recent implements AutoCloseable {

  private final WindowMemory.Account memory;
  private final long size;
  private @Nullable NativeBuffer ring;
  private long start;
  private long end;

  /**
   * Creates a ring that keeps nothing yet.
   *
   * @param size bytes to keep; 0 means that it never keeps any
   */
  public Recent(WindowMemory.Account memory, long size) {
    this.memory = memory;
    this.size = size;
  }

  /**
   * Starts to keep bytes. Does nothing if the ring is open, or its size is 0.
   *
   * @param pocket has the memory for the ring, unless it is open
   * @param position the offset of the next byte
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

  /** Keeps the next bytes of the stream, if the ring is open. */
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

  /** Returns the offset of the first kept byte. The kept bytes end at the stream's position. */
  public long start() {
    return start;
  }

  /** Returns the end of the kept bytes if they contain an offset; the offset itself otherwise. */
  public long contiguousEnd(long offset) {
    return offset >= start && offset < end ? end : offset;
  }

  /** Copies bytes from an offset. All of them have to be kept. */
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
