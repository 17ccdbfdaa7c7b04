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
 * A private pipe with input that has not been passed on yet. A piece that is spliced into it has a
 * page at least, so that small ones are copied. Guarded by the stream's lock; owns the pipe.
 */
final class InputPipe implements AutoCloseable {

  private @Nullable PrivatePipe pipe;
  private long size;

  /** Pages that are free for certain, whatever it was filled with. */
  private long freePages;

  /** Whether the last piece was so small that splicing the next would waste a page. */
  private boolean small;

  /** How many bytes are in it. */
  long size() {
    return size;
  }

  int readEnd() throws ErrnoException {
    return pipe().readEnd();
  }

  int writeEnd() throws ErrnoException {
    return pipe().writeEnd();
  }

  /** Whether pieces are better copied than spliced. */
  boolean wantsCopies() {
    return small;
  }

  /** Whether not even a page is free, and cannot be made so. */
  boolean isFull(Worker worker) throws IOException {
    boolean room = worker.waiter().eventsNow(writeEnd(), PollSet.WRITABLE) != 0;
    return !room && !putTogether(worker.scratch());
  }

  /** How many bytes can be copied into it, which is not full. */
  long room() throws ErrnoException {
    long pages = size == 0 ? pipe().pages() : freePages;
    return Math.max(1, pages) * PrivatePipe.PAGE;
  }

  /** This many bytes were spliced into it, of those that were asked for. */
  void spliced(long bytes, long asked) {
    freePages = 0;
    add(bytes, asked);
  }

  /** Copies bytes into it, for which there is {@link #room}, of as many as were asked for. */
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

  /** Makes room where it is full of small pieces: whether it did. */
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

  /** Takes bytes out of it: how many. */
  long read(MemorySegment into) throws ErrnoException {
    long n = Posix.read(readEnd(), into.asSlice(0, Math.min(into.byteSize(), size)));
    size -= n;
    return n;
  }

  /** This many bytes were spliced out of it. */
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
