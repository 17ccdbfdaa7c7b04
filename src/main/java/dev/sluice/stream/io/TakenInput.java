package dev.sluice.stream.io;

import dev.sluice.stream.client.ClientConnection;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.Overflow;
import dev.sluice.stream.window.Recent;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Bytes that were taken from a read stream's peer and not passed on to a client yet. They are in a
 * private pipe. If a reply has to be available as a whole, what the pipe cannot hold follows in
 * memory. Nothing is lost when a client leaves. Guarded by the request lock.
 */
public final class TakenInput implements AutoCloseable {

  private final StreamCore core;
  private final Recent recent;
  private final Overflow overflow;
  private final InputPipe pipe = new InputPipe();

  /**
   * Creates it without any bytes.
   *
   * @param recent is given the bytes that are passed on
   * @param memory for what the private pipe cannot hold
   */
  TakenInput(StreamCore core, Recent recent, WindowMemory.Account memory) {
    this.core = core;
    this.recent = recent;
    this.overflow = new Overflow(memory);
  }

  /** Returns the number of bytes. */
  public long available() {
    return pipe.size() + overflow.size();
  }

  /** Returns the pipe, which has the first bytes. */
  InputPipe pipe() {
    return pipe;
  }

  /** Returns the queue of the bytes after those in the pipe. */
  Overflow overflow() {
    return overflow;
  }

  /** Returns whether no more can be put into the pipe. */
  boolean isFull(Worker worker) throws IOException {
    return !overflow.isEmpty() || pipe.isFull(worker);
  }

  /** Returns how many of this many available bytes are in memory, if the pipe stays as it is. */
  public long afterPipe(long count) {
    return count - pipe.size();
  }

  /** Returns how much more memory it takes to have this many bytes available. */
  public long memoryFor(long count) {
    return overflow.memoryFor(count - available());
  }

  /** Passes on to the client this many bytes, which have to be available. */
  public void send(ClientConnection client, long count) throws IOException {
    boolean spliceable = !core.progress().needsBytes() && !recent.isOpen();
    for (long left = count; left > 0; ) {
      long most = client.waiter().awaitRate(left);
      if (pipe.size() > 0 && client.canSpliceTo() && spliceable) {
        long n = client.sendFrom(pipe.readEnd(), Math.min(most, pipe.size()));
        pipe.taken(n);
        core.progress().add(n);
        left -= n;
      } else if (pipe.size() > 0) {
        left -= copyPiped(client, most);
      } else {
        left -= sendOverflow(client, most);
      }
    }
  }

  /**
   * Passes on bytes by a copy. They cannot go back into the pipe, so they count as passed on even
   * if the client leaves.
   */
  private long copyPiped(ClientConnection client, long count) throws IOException {
    MemorySegment scratch = client.scratch();
    long n = pipe.read(scratch.asSlice(0, Math.min(count, scratch.byteSize())));
    MemorySegment bytes = scratch.asSlice(0, n);
    passOn(bytes);
    client.send(bytes, false);
    return n;
  }

  private long sendOverflow(ClientConnection client, long count) throws IOException {
    MemorySegment part = overflow.first(Math.min(count, client.scratch().byteSize()));
    client.send(part, false);
    long n = part.byteSize();
    passOn(part);
    overflow.drop(n);
    return n;
  }

  /** Copies available bytes, which count as passed on then. */
  public void copy(MemorySegment into) throws IOException {
    for (long done = 0; done < into.byteSize(); ) {
      MemorySegment rest = into.asSlice(done);
      long n;
      if (pipe.size() > 0) {
        n = pipe.read(rest);
      } else {
        MemorySegment part = overflow.first(rest.byteSize());
        MemorySegment.copy(part, 0, rest, 0, part.byteSize());
        n = part.byteSize();
        overflow.drop(n);
      }
      done += n;
    }
    passOn(into);
  }

  private void passOn(MemorySegment bytes) {
    recent.add(bytes);
    core.progress().add(bytes);
  }

  @Override
  public void close() {
    pipe.close();
    overflow.close();
  }
}
