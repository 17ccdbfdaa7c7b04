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
 * What was taken from a read stream's peer and not passed on to a client yet: in a private pipe,
 * and where a reply has to be there as a whole, what that pipe cannot hold in memory after it.
 * Nothing of it is lost when a client leaves. Guarded by the stream's lock.
 */
public final class TakenInput implements AutoCloseable {

  private final StreamCore core;
  private final Recent recent;
  private final Overflow overflow;
  private final InputPipe pipe = new InputPipe();

  /**
   * Nothing yet.
   *
   * @param recent is given what is passed on
   * @param memory for what the private pipe cannot hold
   */
  TakenInput(StreamCore core, Recent recent, WindowMemory.Account memory) {
    this.core = core;
    this.recent = recent;
    this.overflow = new Overflow(memory);
  }

  /** How many bytes there are. */
  public long available() {
    return pipe.size() + overflow.size();
  }

  /** Where the first bytes are. */
  InputPipe pipe() {
    return pipe;
  }

  /** Where those are that the pipe cannot hold. */
  Overflow overflow() {
    return overflow;
  }

  /** Whether nothing more can be put into the pipe. */
  boolean isFull(Worker worker) throws IOException {
    return !overflow.isEmpty() || pipe.isFull(worker);
  }

  /** How many bytes are in memory when this many are available, where the pipe is full. */
  public long afterPipe(long count) {
    return count - pipe.size();
  }

  /** How much more memory that takes. */
  public long memoryFor(long count) {
    return overflow.memoryFor(count - available());
  }

  /** Passes bytes that are available on to the client. */
  public void send(ClientConnection client, long count) throws IOException {
    boolean unseen = !core.progress().needsBytes() && !recent.isOpen();
    for (long left = count; left > 0; ) {
      long most = client.waiter().awaitRate(left);
      if (pipe.size() > 0 && client.canSpliceTo() && unseen) {
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

  /** What has left the pipe cannot go back, so it counts as passed on even if the client leaves. */
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

  /** Copies bytes that are available. */
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
