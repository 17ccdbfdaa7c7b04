package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Linux calls on descriptors. Descriptors are plain numbers here; {@link Descriptor} owns one.
 * Every method throws {@link ErrnoException} when Linux refuses, and none is interrupted by a
 * signal.
 */
public final class Posix {

  /** What a call on a non-blocking descriptor returns when it would have to wait. */
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

  // The others, by what they take: each type of function takes milliseconds, and no start needs
  // these.

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

  /** close(2). The number is free for reuse afterwards, whatever this throws. */
  public static void close(int fd) throws ErrnoException {
    CLibrary.callOnce("close", state -> CLOSE.invoke(state, fd));
  }

  /** read(2): the number of bytes, 0 at the end of input, or {@link #WOULD_BLOCK}. */
  public static long read(int fd, MemorySegment into) throws ErrnoException {
    return CLibrary.callOrWouldBlock(
        "read", state -> Transfer.READ.invoke(state, fd, into, into.byteSize()));
  }

  /** write(2): the number of bytes, or {@link #WOULD_BLOCK}. EPIPE is thrown, not signalled. */
  public static long write(int fd, MemorySegment from) throws ErrnoException {
    return CLibrary.callOrWouldBlock(
        "write", state -> Transfer.WRITE.invoke(state, fd, from, from.byteSize()));
  }

  /**
   * send(2) without waiting: the number of bytes, or {@link #WOULD_BLOCK}.
   *
   * @param more whether more bytes follow at once, so that Linux may put them in one segment
   */
  public static long send(int socket, MemorySegment from, boolean more) throws ErrnoException {
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    return CLibrary.callOrWouldBlock(
        "send", state -> Sending.SEND.invoke(state, socket, from, from.byteSize(), flags));
  }

  /** splice(2) without waiting; one side is a pipe. Bytes moved, 0 at the end of input. */
  public static long splice(int from, int to, long count) throws ErrnoException {
    return CLibrary.callOrWouldBlock(
        "splice",
        state ->
            Splicing.SPLICE.invoke(
                state, from, 0, to, 0, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
  }

  /**
   * vmsplice(2) without waiting: lends the pages of a segment to a pipe.
   *
   * @param vector a native {@code struct iovec}; the memory it names must never change again
   */
  public static long vmsplice(int pipe, MemorySegment vector) throws ErrnoException {
    return CLibrary.callOrWouldBlock(
        "vmsplice", state -> Sending.VMSPLICE.invoke(state, pipe, vector, 1, SPLICE_F_NONBLOCK));
  }

  /** pipe2(2): a pipe that does not block. */
  public static Pipe pipe() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      CLibrary.call("pipe2", state -> PIPE2.invoke(state, address(ends), O_NONBLOCK | O_CLOEXEC));
      return new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
    }
  }

  /** eventfd(2): a counter, at zero, that poll can wait for. */
  public static int eventDescriptor() throws ErrnoException {
    return (int)
        CLibrary.call("eventfd", state -> EVENTFD.invoke(state, 0, EFD_NONBLOCK | EFD_CLOEXEC));
  }

  /** A second descriptor for the same open file (fcntl F_DUPFD_CLOEXEC). */
  public static int duplicate(int fd) throws ErrnoException {
    return (int) CLibrary.call("fcntl", state -> FCNTL.invoke(state, fd, F_DUPFD_CLOEXEC, 0));
  }

  /** Has a descriptor stand for what another one stands for, from one moment to the next. */
  public static void replace(int fd, int by) throws ErrnoException {
    CLibrary.call("dup3", state -> DUP3.invoke(state, by, fd, O_CLOEXEC));
  }

  /** The same for a descriptor that programs which this process starts have, too. */
  public static void replaceInherited(int fd, int by) throws ErrnoException {
    CLibrary.call("dup3", state -> DUP3.invoke(state, by, fd, 0));
  }

  /** The size of a page of memory in bytes. */
  static int pageSize() {
    try {
      return (int) CLibrary.call("getpagesize", state -> GETPAGESIZE.invoke(state));
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Locks an open file for as long as its descriptor is open (flock(2)), without waiting.
   *
   * @return whether it is locked now; false: somebody else has it
   */
  public static boolean lock(int fd) throws ErrnoException {
    return CLibrary.callOrWouldBlock("flock", state -> FLOCK.invoke(state, fd, LOCK_EX | LOCK_NB))
        != WOULD_BLOCK;
  }

  /**
   * Asks for a pipe of the given capacity in bytes. Linux may refuse a user that has many pipes;
   * the pipe then stays as it was.
   *
   * @return the capacity in bytes that the pipe has now
   */
  public static int widenPipe(int pipe, int capacity) throws ErrnoException {
    try {
      return (int)
          CLibrary.call("fcntl", state -> FCNTL.invoke(state, pipe, F_SETPIPE_SZ, capacity));
    } catch (ErrnoException refused) {
      return (int) CLibrary.call("fcntl", state -> FCNTL.invoke(state, pipe, F_GETPIPE_SZ, 0));
    }
  }

  /** The capacity of a pipe in bytes (fcntl F_GETPIPE_SZ). */
  static int capacity(int pipe) throws ErrnoException {
    return (int) CLibrary.call("fcntl", state -> FCNTL.invoke(state, pipe, F_GETPIPE_SZ, 0));
  }

  /** The number of bytes that wait in a pipe, whichever its end (ioctl FIONREAD). */
  public static int unread(int pipe) throws ErrnoException {
    return count(pipe, FIONREAD);
  }

  /**
   * The memory in bytes that holds what was sent on a Unix socket and not read yet (ioctl
   * SIOCOUTQ): zero when all of it was read, or when the far end was closed.
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
