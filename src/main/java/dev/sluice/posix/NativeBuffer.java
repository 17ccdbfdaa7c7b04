package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory outside the Java heap, from malloc(3). Unlike an arena's, any thread can free it, at no
 * cost to other threads. So nothing detects a use after {@link #close}; the owner must prevent
 * that.
 */
public final class NativeBuffer implements AutoCloseable {

  private static final AtomicLong IN_USE = new AtomicLong();

  private static final CFunction MALLOC = CFunction.longFunction("malloc", 1);
  private static final CFunction FREE = CFunction.intFunction("free", 1);

  private final MemorySegment memory;
  private boolean closed;

  private NativeBuffer(MemorySegment memory) {
    this.memory = memory;
  }

  /**
   * Allocates memory. Its content is undefined.
   *
   * @throws ErrnoException ENOMEM if there is no memory
   */
  public static NativeBuffer allocate(long bytes) throws ErrnoException {
    long address =
        CLibrary.call(
            "malloc",
            state -> {
              long memory = MALLOC.invoke(state, bytes);
              return memory == 0 ? -1 : memory;
            });
    IN_USE.addAndGet(bytes);
    return new NativeBuffer(MemorySegment.ofAddress(address).reinterpret(bytes));
  }

  /** Returns the bytes of all open buffers in the process. */
  public static long bytesInUse() {
    return IN_USE.get();
  }

  /** Returns the memory, of the requested size. */
  public MemorySegment memory() {
    return memory;
  }

  /** Returns the size in bytes. */
  public long size() {
    return memory.byteSize();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    IN_USE.addAndGet(-memory.byteSize());
    try {
      CLibrary.call(
          "free",
          state -> {
            FREE.invoke(state, address(memory)); // returns void
            return 0;
          });
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }
}
