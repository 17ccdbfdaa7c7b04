package dev.sluice.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory outside the Java heap with one owner, from malloc(3). Unlike an arena's, it may be freed
 * by another thread than the one that made it, at no cost to the others; so using it after {@link
 * #close} is an error that nothing detects: whoever owns it must make that impossible.
 */
public final class NativeBuffer implements AutoCloseable {

  private static final AtomicLong IN_USE = new AtomicLong();

  private static final MethodHandle MALLOC =
      CLibrary.function("malloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG));
  private static final MethodHandle FREE =
      CLibrary.function("free", FunctionDescriptor.ofVoid(ADDRESS));

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
    MemorySegment[] memory = new MemorySegment[1];
    CLibrary.call(
        "malloc",
        state -> {
          memory[0] = (MemorySegment) MALLOC.invokeExact(state, bytes);
          return memory[0].address() == 0 ? -1 : 0;
        });
    IN_USE.addAndGet(bytes);
    return new NativeBuffer(memory[0].reinterpret(bytes));
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
            FREE.invokeExact(state, memory);
            return 0;
          });
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }
}
