package dev.sluice.stream.window;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A queue of input, in window memory, that a private pipe could not hold. Guarded by the request
 * lock. Owns its memory, and frees each piece once its bytes were taken out.
 */
public final class Overflow implements AutoCloseable {

  /** Largest allocation, in bytes. Smaller pieces are freed sooner. */
  private static final long PIECE = 1 << 20;

  private final WindowMemory.Account memory;
  private final Deque<NativeBuffer> pieces = new ArrayDeque<>();
  private long size;

  /** Offset of the first byte in the first piece. */
  private long start;

  /** Offset of the end of the bytes in the last piece. */
  private long end;

  /**
   * Creates an empty queue.
   *
   * @param memory the account to which memory is returned
   */
  public Overflow(WindowMemory.Account memory) {
    this.memory = memory;
  }

  /** Returns the number of bytes in the queue. */
  public long size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * Returns how much more memory these additional bytes need. First makes room of what was taken
   * out, so that the queue never needs more than its bytes.
   */
  public long memoryFor(long bytes) {
    if (start > 0) {
      moveToStart();
    }
    return Math.max(0, bytes - room());
  }

  /**
   * Returns memory for the next bytes, at most as many as given. The caller fills it from its
   * start, and then calls {@link #added}.
   *
   * @param pocket has at least {@link #memoryFor} these bytes
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

  /** Returns some of the first bytes, at least one. The queue must not be empty. */
  public MemorySegment first(long atMost) {
    NativeBuffer first = pieces.getFirst();
    long filled = pieces.size() == 1 ? end : first.size();
    return first.memory().asSlice(start, Math.min(atMost, filled - start));
  }

  /** Drops bytes that {@link #first} has returned. */
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

  /** Moves all bytes forward, over those that were taken out of the first piece. */
  private void moveToStart() {
    List<NativeBuffer> all = List.copyOf(pieces);
    int into = 0;
    long at = 0;
    for (NativeBuffer piece : all) {
      long filled = piece == pieces.getLast() ? end : piece.size();
      for (long from = piece == pieces.getFirst() ? start : 0; from < filled; ) {
        if (at == all.get(into).size()) {
          into++;
          at = 0;
        }
        long count = Math.min(filled - from, all.get(into).size() - at);
        MemorySegment.copy(piece.memory(), from, all.get(into).memory(), at, count);
        from += count;
        at += count;
      }
    }
    start = 0;
    end = at;
    while (pieces.size() > into + 1) {
      release(pieces.removeLast());
    }
  }

  /** Frees memory that was allocated for bytes that did not come. */
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
