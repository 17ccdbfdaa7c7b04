package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory outside the Java heap with one owner, from malloc(3). Unlike an arena's, it may be freed
 * by another thread than the one that made it, at no cost to the others; so using it after {@link
 * #close} is an error that nothing detects: whoever owns it must make that impossible.
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
   * Allocates; the content is undefined.
   *
   * @throws ErrnoException ENOMEM when there is no memory
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

  /** All bytes of all buffers that are not closed yet, in the whole process. */
  public static long bytesInUse() {
    return IN_USE.get();
  }

  /** The memory, of the size that was asked for. */
  public MemorySegment memory() {
    return memory;
  }

  /** The size in bytes. */
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
            FREE.invoke(state, address(memory)); // which returns nothing
            return 0;
          });
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }
}
