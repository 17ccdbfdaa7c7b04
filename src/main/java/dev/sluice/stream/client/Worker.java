package dev.sluice.stream.client;

import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.core.StreamCore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What one thread needs to work on a stream, with a client or without: where it waits, and scratch
 * memory. Confined to that thread.
 */
public final class Worker implements AutoCloseable {

  private static final int SCRATCH_BYTES = 64 * 1024;

  private final Waiter waiter;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment scratch = arena.allocate(SCRATCH_BYTES);

  /** A worker, which owns where it waits. */
  Worker(Waiter waiter) {
    this.waiter = waiter;
  }

  /** A worker for a stream without a client. */
  public static Worker withoutClient(StreamCore core) throws ErrnoException {
    return new Worker(new Waiter(core, -1));
  }

  /** Where this thread waits. */
  public Waiter waiter() {
    return waiter;
  }

  /** Memory for the current request. */
  public MemorySegment scratch() {
    return scratch;
  }

  @Override
  public void close() {
    waiter.close();
    arena.close();
  }
}
