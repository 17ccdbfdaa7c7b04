package dev.sluice.stream.io;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PrivatePipe;
import dev.sluice.stream.client.Worker;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A private pipe with input that was not passed on yet. Each spliced piece takes at least one page
 * of the pipe, so small pieces are copied instead. Guarded by the request lock. Owns the pipe.
 */
final class InputPipe implements AutoCloseable {

  private @Nullable PrivatePipe pipe;
  private long size;

  /** Pages that are certainly free, as a lower bound: splicing hides how many are used. */
  private long freePages;

  /** Whether the last piece was so small that splicing the next one would waste a page. */
  private boolean small;

  /** Returns the number of bytes in the pipe. */
  long size() {
    return size;
  }

  int readEnd() throws ErrnoException {
    return pipe().readEnd();
  }

  int writeEnd() throws ErrnoException {
    return pipe().writeEnd();
  }

  /** Returns whether pieces should be copied rather than spliced. */
  boolean wantsCopies() {
    return small;
  }

  /** Returns whether no page is free, even after small pieces were joined. */
  boolean isFull(Worker worker) throws IOException {
    boolean room = worker.waiter().eventsNow(writeEnd(), PollSet.WRITABLE) != 0;
    return !room && !putTogether(worker.scratch());
  }

  /** Returns how many bytes can be copied into the pipe, which must not be full. */
  long room() throws ErrnoException {
    long pages = size == 0 ? pipe().pages() : freePages;
    return Math.max(1, pages) * PrivatePipe.PAGE;
  }

  /**
   * Counts bytes that were spliced into the pipe.
   *
   * @param bytes how many
   * @param asked how many splice was asked for
   */
  void spliced(long bytes, long asked) {
    freePages = 0;
    add(bytes, asked);
  }

  /**
   * Copies bytes into the pipe.
   *
   * @param bytes at most {@link #room}
   * @param asked how many bytes were wanted
   */
  void copy(MemorySegment bytes, long asked) throws ErrnoException {
    freePages = size == 0 ? pipe().pages() : freePages;
    write(bytes);
    add(bytes.byteSize(), asked);
  }

  private void add(long bytes, long asked) {
    size += bytes;
    small = bytes < Math.min(asked, PrivatePipe.PAGE);
  }

  private void write(MemorySegment bytes) throws ErrnoException {
    if (Posix.write(writeEnd(), bytes) != bytes.byteSize()) {
      throw new IllegalStateException("the private pipe has less room than Linux said");
    }
    freePages = Math.max(0, freePages - Math.ceilDiv(bytes.byteSize(), PrivatePipe.PAGE));
  }

  /** Joins small pieces to free pages. Returns whether it did. */
  private boolean putTogether(MemorySegment scratch) throws ErrnoException {
    long most = Math.min(scratch.byteSize(), (long) pipe().pages() * PrivatePipe.PAGE / 2);
    if (size > most) {
      return false;
    }
    MemorySegment all = scratch.asSlice(0, size);
    for (long done = 0; done < all.byteSize(); ) {
      done += Posix.read(readEnd(), all.asSlice(done));
    }
    freePages = pipe().pages();
    write(all);
    small = true;
    return true;
  }

  /** Reads bytes out of the pipe. Returns the count. */
  long read(MemorySegment into) throws ErrnoException {
    long n = Posix.read(readEnd(), into.asSlice(0, Math.min(into.byteSize(), size)));
    size -= n;
    return n;
  }

  /** Counts bytes that were spliced out of the pipe. */
  void taken(long bytes) {
    size -= bytes;
  }

  private PrivatePipe pipe() throws ErrnoException {
    if (pipe == null) {
      pipe = new PrivatePipe();
    }
    return pipe;
  }

  @Override
  public void close() {
    if (pipe != null) {
      pipe.close();
      pipe = null;
      size = 0;
    }
  }
}
