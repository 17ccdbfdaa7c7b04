package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Linux calls on descriptors. Descriptors are plain numbers here; {@link Descriptor} owns one.
 * Every method throws {@link ErrnoException} if the call fails. Calls are retried after a signal.
 */
public final class Posix {

  /** The result of a call on a non-blocking descriptor that would block. */
  public static final int WOULD_BLOCK = -1;

  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int F_GETPIPE_SZ = 1032;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = O_NONBLOCK;
  private static final int EFD_CLOEXEC = O_CLOEXEC;
  private static final int FIONREAD = 0x541B;
  private static final int SIOCOUTQ = 0x5411;
  private static final int SPLICE_F_MOVE = 1;
  private static final int SPLICE_F_NONBLOCK = 2;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_MORE = 0x8000;

  private static final CFunction CLOSE = CFunction.intFunction("close", 1);
  private static final CFunction EVENTFD = CFunction.intFunction("eventfd", 2);
  private static final CFunction FCNTL = CFunction.intVariadic("fcntl", 2, 3);
  private static final CFunction FLOCK = CFunction.intFunction("flock", 2);
  private static final CFunction DUP3 = CFunction.intFunction("dup3", 3);
  private static final CFunction PIPE2 = CFunction.intFunction("pipe2", 2);
  private static final CFunction IOCTL = CFunction.intVariadic("ioctl", 2, 3);
  private static final CFunction GETPAGESIZE = CFunction.intFunction("getpagesize", 0);

  private Posix() {}

  // These functions are found at their first use, one holder for each type of function: a type
  // takes some milliseconds, and these are not needed at the start.

  private static final class Transfer {
    static final CFunction READ = CFunction.transfer("read", 3);
    static final CFunction WRITE = CFunction.transfer("write", 3);
  }

  private static final class Sending {
    static final CFunction SEND = CFunction.transfer("send", 4);
    static final CFunction VMSPLICE = CFunction.transfer("vmsplice", 4);
  }

  private static final class Splicing {
    static final CFunction SPLICE = CFunction.longFunction("splice", 6);
  }

  /** The two ends of a pipe. */
  public record Pipe(int readEnd, int writeEnd) {}

  /** Closes a descriptor (close(2)). Its number can be reused afterwards, even if this throws. */
  public static void close(int fd) throws ErrnoException {
    CLibrary.callOnce("close", state -> CLOSE.invoke(state, fd));
  }

  /**
   * Reads (read(2)); returns the number of bytes, 0 at the end of input, or {@link #WOULD_BLOCK}.
   */
  public static long read(int fd, MemorySegment into) throws ErrnoException {
    return CLibrary.callOrWouldBlock(
        "read", state -> Transfer.READ.invoke(state, fd, into, into.byteSize()));
  }

  /**
   * Writes (write(2)); returns the number of bytes, or {@link #WOULD_BLOCK}. EPIPE is thrown,
   * without a signal.
   */
  public static long write(int fd, MemorySegment from) throws ErrnoException {
    return CLibrary.callOrWouldBlock(
        "write", state -> Transfer.WRITE.invoke(state, fd, from, from.byteSize()));
  }

  /**
   * Sends without blocking (send(2)); returns the number of bytes, or {@link #WOULD_BLOCK}.
   *
   * @param more whether more bytes follow at once, so that Linux can put them in one segment
   */
  public static long send(int socket, MemorySegment from, boolean more) throws ErrnoException {
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    return CLibrary.callOrWouldBlock(
        "send", state -> Sending.SEND.invoke(state, socket, from, from.byteSize(), flags));
  }

  /**
   * Moves bytes without blocking (splice(2)). One of the two must be a pipe. Returns the number of
   * bytes, 0 at the end of input, or {@link #WOULD_BLOCK}.
   */
  public static long splice(int from, int to, long count) throws ErrnoException {
    return CLibrary.callOrWouldBlock(
        "splice",
        state ->
            Splicing.SPLICE.invoke(
                state, from, 0, to, 0, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
  }

  /**
   * Lends the pages of memory to a pipe without blocking (vmsplice(2)); returns the number of
   * bytes, or {@link #WOULD_BLOCK}.
   *
   * @param vector a native {@code struct iovec}; the memory in it must never change again
   */
  public static long vmsplice(int pipe, MemorySegment vector) throws ErrnoException {
    return CLibrary.callOrWouldBlock(
        "vmsplice", state -> Sending.VMSPLICE.invoke(state, pipe, vector, 1, SPLICE_F_NONBLOCK));
  }

  /** Creates a non-blocking pipe (pipe2(2)). */
  public static Pipe pipe() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      CLibrary.call("pipe2", state -> PIPE2.invoke(state, address(ends), O_NONBLOCK | O_CLOEXEC));
      return new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
    }
  }

  /** Creates a non-blocking event counter at zero (eventfd(2)). */
  public static int eventDescriptor() throws ErrnoException {
    return (int)
        CLibrary.call("eventfd", state -> EVENTFD.invoke(state, 0, EFD_NONBLOCK | EFD_CLOEXEC));
  }

  /** Duplicates a descriptor: both have the same open file (fcntl F_DUPFD_CLOEXEC). */
  public static int duplicate(int fd) throws ErrnoException {
    return (int) CLibrary.call("fcntl", state -> FCNTL.invoke(state, fd, F_DUPFD_CLOEXEC, 0));
  }

  /** Atomically makes a descriptor a duplicate of another one (dup3(2)). */
  public static void replace(int fd, int by) throws ErrnoException {
    CLibrary.call("dup3", state -> DUP3.invoke(state, by, fd, O_CLOEXEC));
  }

  /** As {@link #replace}, for a descriptor that child processes inherit. */
  public static void replaceInherited(int fd, int by) throws ErrnoException {
    CLibrary.call("dup3", state -> DUP3.invoke(state, by, fd, 0));
  }

  /** Returns the size of a memory page in bytes. */
  static int pageSize() {
    try {
      return (int) CLibrary.call("getpagesize", state -> GETPAGESIZE.invoke(state));
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Locks an open file without blocking, for as long as it is open (flock(2)).
   *
   * @return whether it is locked now; false if somebody else has locked it
   */
  public static boolean lock(int fd) throws ErrnoException {
    return CLibrary.callOrWouldBlock("flock", state -> FLOCK.invoke(state, fd, LOCK_EX | LOCK_NB))
        != WOULD_BLOCK;
  }

  /**
   * Sets the capacity of a pipe in bytes. If Linux refuses that, as to a user that has many pipes,
   * the pipe stays as it was.
   *
   * @return the capacity of the pipe now, in bytes
   */
  public static int widenPipe(int pipe, int capacity) throws ErrnoException {
    try {
      return (int)
          CLibrary.call("fcntl", state -> FCNTL.invoke(state, pipe, F_SETPIPE_SZ, capacity));
    } catch (ErrnoException refused) {
      return (int) CLibrary.call("fcntl", state -> FCNTL.invoke(state, pipe, F_GETPIPE_SZ, 0));
    }
  }

  /** Returns the capacity of a pipe in bytes (fcntl F_GETPIPE_SZ). */
  static int capacity(int pipe) throws ErrnoException {
    return (int) CLibrary.call("fcntl", state -> FCNTL.invoke(state, pipe, F_GETPIPE_SZ, 0));
  }

  /** Returns the number of unread bytes in a pipe, by either end (ioctl FIONREAD). */
  public static int unread(int pipe) throws ErrnoException {
    return count(pipe, FIONREAD);
  }

  /**
   * Returns the bytes of memory that hold unread output of a Unix socket (ioctl SIOCOUTQ): zero if
   * everything was read, or the far end was closed.
   */
  public static int unreadSent(int socket) throws ErrnoException {
    return count(socket, SIOCOUTQ);
  }

  private static int count(int fd, long request) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      CLibrary.call("ioctl", state -> IOCTL.invoke(state, fd, request, address(count)));
      return count.get(JAVA_INT, 0);
    }
  }
}
