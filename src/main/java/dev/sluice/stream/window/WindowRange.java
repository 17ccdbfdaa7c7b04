package dev.sluice.stream.window;

import dev.sluice.posix.NativeBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A range that a window keeps: data with a buffer, or zeroes without one. */
public final class WindowRange {

  private long offset;
  private final long end;
  private final @Nullable NativeBuffer buffer;

  /** Creates a range. The range owns the buffer, and its bytes are the last ones of the buffer. */
  WindowRange(long offset, long end, @Nullable NativeBuffer buffer) {
    this.offset = offset;
    this.end = end;
    this.buffer = buffer;
  }

  public long offset() {
    return offset;
  }

  public long end() {
    return end;
  }

  @Nullable NativeBuffer buffer() {
    return buffer;
  }

  boolean isData() {
    return buffer != null;
  }

  /** Drops the bytes below an offset. The buffer is not freed. */
  void dropBelow(long from) {
    offset = from;
  }

  /** Returns the range's bytes; null for zeroes. */
  public @Nullable MemorySegment data() {
    return buffer == null ? null : data(buffer, offset, end);
  }

  /** Returns a part of the range's bytes. The range has to be data. */
  MemorySegment data(long from, long to) {
    if (buffer == null) {
      throw new IllegalStateException("zeroes have no buffer");
    }
    return data(buffer, from, to);
  }

  private MemorySegment data(NativeBuffer of, long from, long to) {
    return of.memory().asSlice(of.size() - (end - from), to - from);
  }
}
