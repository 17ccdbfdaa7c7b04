package dev.sluice.stream.client;

import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.core.StreamCore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a thread needs to work on a stream, with or without a client: a waiter, and scratch memory.
 * Confined to that thread.
 */
public final class Worker implements AutoCloseable {

  private static final int SCRATCH_BYTES = 64 * 1024;

  private final Waiter waiter;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment scratch = arena.allocate(SCRATCH_BYTES);

  /** Creates a worker that owns the waiter. */
  Worker(Waiter waiter) {
    this.waiter = waiter;
  }

  /** Creates a worker for a thread without a client. */
  public static Worker withoutClient(StreamCore core) throws ErrnoException {
    return new Worker(new Waiter(core, -1));
  }

  /** Returns the waiter of this thread. */
  public Waiter waiter() {
    return waiter;
  }

  /** Returns scratch memory of 64 KiB. */
  public MemorySegment scratch() {
    return scratch;
  }

  @Override
  public void close() {
    waiter.close();
    arena.close();
  }
}
