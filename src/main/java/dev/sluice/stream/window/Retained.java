package dev.sluice.stream.window;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.core.ByteTap;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the last bytes that the peer was given, so that what is written again can be compared
 * with them. Guarded by the stream's lock.
 */
public final class Retained implements ByteTap, AutoCloseable {

  private final WindowMemory.Account memory;
  private final long capacity;

  /** The byte at an offset is at the offset modulo the capacity. */
  private @Nullable NativeBuffer ring;

  private long from;
  private long end;

  /**
   * Nothing yet.
   *
   * @param memory where its memory goes back to
   * @param capacity how many bytes are kept, at least 1
   */
  public Retained(WindowMemory.Account memory, long capacity) {
    this.memory = memory;
    this.capacity = capacity;
  }

  /** Whether it keeps what is added. */
  public boolean isOpen() {
    return ring != null;
  }

  /** How much memory it takes, in bytes. */
  public long capacity() {
    return capacity;
  }

  /**
   * Keeps what is added from now on.
   *
   * @param pocket has the {@link #capacity} in memory for it
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

  /** Whether all from an offset to the last byte is kept. */
  public boolean covers(long offset) {
    return ring != null && offset >= from;
  }

  /** Whether bytes are those that are kept, from an offset that is covered. */
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

  /** A part that does not go over the ring's end. */
  private MemorySegment part(long offset, long length) {
    return length == 0 || ring == null
        ? MemorySegment.NULL
        : ring.memory().asSlice(index(offset), length);
  }
}
