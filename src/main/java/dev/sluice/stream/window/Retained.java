package dev.sluice.stream.window;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.core.ByteTap;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A ring with a copy of the last bytes that the peer was given, so that bytes that are written
 * again can be compared with them. Guarded by the request lock.
 */
public final class Retained implements ByteTap, AutoCloseable {

  private final WindowMemory.Account memory;
  private final long capacity;

  /** Keeps the byte of each stream offset at the index of that offset modulo the capacity. */
  private @Nullable NativeBuffer ring;

  private long from;
  private long end;

  /**
   * Creates a ring that keeps nothing yet.
   *
   * @param memory the account to which its memory is returned
   * @param capacity bytes to keep, at least 1
   */
  public Retained(WindowMemory.Account memory, long capacity) {
    this.memory = memory;
    this.capacity = capacity;
  }

  /** Returns whether the ring keeps bytes. */
  public boolean isOpen() {
    return ring != null;
  }

  /** Returns the size of the ring, in bytes. */
  public long capacity() {
    return capacity;
  }

  /**
   * Starts to keep bytes.
   *
   * @param pocket has {@link #capacity} bytes of memory
   */
  public void open(WindowMemory.Pocket pocket) throws ErrnoException {
    ring = NativeBuffer.allocate(capacity);
    pocket.spend(capacity);
  }

  @Override
  public void add(MemorySegment bytes) {
    if (ring != null) {
      long skipped = Math.max(0, bytes.byteSize() - capacity);
      end += skipped;
      MemorySegment last = bytes.asSlice(skipped);
      long first = Math.min(last.byteSize(), capacity - index(end));
      part(end, first).copyFrom(last.asSlice(0, first));
      part(end + first, last.byteSize() - first).copyFrom(last.asSlice(first));
      reach(end + last.byteSize());
    }
  }

  @Override
  public void addZeroes(long count) {
    if (ring != null) {
      long last = Math.min(count, capacity);
      end += count - last;
      long first = Math.min(last, capacity - index(end));
      part(end, first).fill((byte) 0);
      part(end + first, last - first).fill((byte) 0);
      reach(end + last);
    }
  }

  /** Returns whether all bytes from an offset to the position are kept. */
  public boolean covers(long offset) {
    return ring != null && offset >= from;
  }

  /**
   * Returns whether the bytes equal the kept ones at an offset, which has to be {@linkplain #covers
   * covered}.
   */
  public boolean matches(long offset, MemorySegment bytes) {
    long first = Math.min(bytes.byteSize(), capacity - index(offset));
    return part(offset, first).mismatch(bytes.asSlice(0, first)) < 0
        && part(offset + first, bytes.byteSize() - first).mismatch(bytes.asSlice(first)) < 0;
  }

  @Override
  public void close() {
    if (ring != null) {
      ring.close();
      ring = null;
      memory.free(capacity);
    }
  }

  private void reach(long offset) {
    end = offset;
    from = Math.max(from, end - capacity);
  }

  private long index(long offset) {
    return offset % capacity;
  }

  /** Returns a part of the ring that does not wrap around its end. */
  private MemorySegment part(long offset, long length) {
    return length == 0 || ring == null
        ? MemorySegment.NULL
        : ring.memory().asSlice(index(offset), length);
  }
}
