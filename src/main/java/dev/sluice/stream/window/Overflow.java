package dev.sluice.stream.window;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Input that a private pipe could not hold, in order, in window memory. Guarded by the stream's
 * lock. Owns its memory, which goes back as soon as its bytes have been taken out.
 */
public final class Overflow implements AutoCloseable {

  /** The most memory that is allocated at a time, so that it goes back as it is taken out. */
  private static final long PIECE = 1 << 20;

  private final WindowMemory.Account memory;
  private final Deque<NativeBuffer> pieces = new ArrayDeque<>();
  private long size;

  /** Where the bytes begin in the first piece. */
  private long start;

  /** Where the bytes end in the last piece. */
  private long end;

  /**
   * Empty.
   *
   * @param memory where its memory goes back to
   */
  public Overflow(WindowMemory.Account memory) {
    this.memory = memory;
  }

  /** How many bytes are in it. */
  public long size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** How much more memory this many more bytes take. */
  public long memoryFor(long bytes) {
    return Math.max(0, bytes - room());
  }

  /**
   * Where the next bytes can be put, which {@link #added} counts.
   *
   * @param pocket has the {@link #memoryFor} them
   */
  public MemorySegment room(WindowMemory.Pocket pocket, long bytes) throws ErrnoException {
    if (room() == 0) {
      NativeBuffer piece = NativeBuffer.allocate(Math.min(PIECE, bytes));
      pocket.spend(piece.size());
      pieces.addLast(piece);
      end = 0;
    }
    return pieces.getLast().memory().asSlice(end, Math.min(bytes, room()));
  }

  private long room() {
    return pieces.isEmpty() ? 0 : pieces.getLast().size() - end;
  }

  public void added(long bytes) {
    end += bytes;
    size += bytes;
  }

  /** The first bytes of it, one at least if there are any. */
  public MemorySegment first(long atMost) {
    NativeBuffer first = pieces.getFirst();
    long filled = pieces.size() == 1 ? end : first.size();
    return first.memory().asSlice(start, Math.min(atMost, filled - start));
  }

  /** Drops this many bytes of what {@link #first} gave. */
  public void drop(long bytes) {
    start += bytes;
    size -= bytes;
    if (size == 0) {
      close();
    } else if (start == pieces.getFirst().size()) {
      release(pieces.removeFirst());
      start = 0;
    }
  }

  /** Frees memory that was taken for bytes that did not come. */
  public void freeIfEmpty() {
    if (isEmpty()) {
      close();
    }
  }

  private void release(NativeBuffer piece) {
    piece.close();
    memory.free(piece.size());
  }

  @Override
  public void close() {
    pieces.forEach(this::release);
    pieces.clear();
    size = 0;
    start = 0;
    end = 0;
  }
}
