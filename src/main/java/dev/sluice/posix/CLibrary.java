package dev.sluice.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Calls the C library: captures errno, and retries after a signal. */
final class CLibrary {

  private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO_OFFSET =
      CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  /** Receives the errno of a call. One per thread, so that threads do not see each other's. */
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));

  private CLibrary() {}

  /** A call. Its argument is the segment that receives errno. */
  interface Call {
    long invoke(MemorySegment state) throws Throwable;
  }

  /**
   * Calls, and retries after EINTR. Returns the result, which is never negative. EAGAIN is an
   * error.
   */
  static long call(String name, Call call) throws ErrnoException {
    long result = callOrWouldBlock(name, call);
    if (result < 0) {
      throw new ErrnoException(name, Errno.EAGAIN);
    }
    return result;
  }

  /** As {@link #call}, but returns {@link Posix#WOULD_BLOCK} after EAGAIN. */
  static long callOrWouldBlock(String name, Call call) throws ErrnoException {
    while (true) {
      try {
        return callOnce(name, call);
      } catch (ErrnoException e) {
        if (e.errno() != Errno.EINTR) {
          throw e;
        }
      }
    }
  }

  /** As {@link #callOrWouldBlock}, but does not retry: EINTR is an error. */
  static long callOnce(String name, Call call) throws ErrnoException {
    MemorySegment state = STATE.get();
    long result;
    try {
      result = call.invoke(state);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name + " could not be called", e);
    }
    if (result >= 0) {
      return result;
    }
    int errno = state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
    if (errno == Errno.EAGAIN) {
      return Posix.WOULD_BLOCK;
    }
    throw new ErrnoException(name, errno);
  }
}
