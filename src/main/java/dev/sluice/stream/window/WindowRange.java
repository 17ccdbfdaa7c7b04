package dev.sluice.stream.window;

import dev.sluice.posix.NativeBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A range that a window keeps: data in a buffer, or zeroes where there is no buffer. */
public final class WindowRange {

  private long offset;
  private final long end;
  private final @Nullable NativeBuffer buffer;

  /** A range, which owns the buffer; its bytes are the buffer's last ones. */
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

  /** Drops what is below an offset; the buffer stays as it is. */
  void dropBelow(long from) {
    offset = from;
  }

  /** The range's bytes, or null for zeroes. */
  public @Nullable MemorySegment data() {
    return buffer == null ? null : data(buffer, offset, end);
  }

  /** A part of the range's bytes, which are data. */
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
