package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sluice.posix.PosixFiles.FileStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Linux calls on Unix stream sockets as plain descriptors, which splice needs. */
public final class UnixSockets {

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SHUT_RDWR = 2;

  /** The size of struct sockaddr_un: the family, and a zero-terminated path (unix(7)). */
  private static final int ADDRESS_SIZE = 110;

  private static final int PATH_OFFSET = 2;
  private static final int MAX_PATH_BYTES = ADDRESS_SIZE - PATH_OFFSET - 1;

  /**
   * The longest name that {@link #bind} accepts, in bytes. A socket's address has room for 107, and
   * begins with the path of the folder's descriptor, whose number may have up to seven digits.
   */
  public static final int MAX_NAME_BYTES = MAX_PATH_BYTES - "/proc/self/fd/1234567/".length();

  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;

  private static final CFunction SOCKET = CFunction.intFunction("socket", 3);
  private static final CFunction CONNECT = CFunction.intFunction("connect", 3);
  private static final CFunction BIND = CFunction.intFunction("bind", 3);
  private static final CFunction LISTEN = CFunction.intFunction("listen", 2);
  private static final CFunction ACCEPT4 = CFunction.intFunction("accept4", 4);
  private static final CFunction GETPEERNAME = CFunction.intFunction("getpeername", 3);
  private static final CFunction GETSOCKOPT = CFunction.intFunction("getsockopt", 5);
  private static final CFunction FCNTL = CFunction.intVariadic("fcntl", 2, 3);
  private static final CFunction SHUTDOWN = CFunction.intFunction("shutdown", 2);

  private UnixSockets() {}

  /** Creates a non-blocking stream socket. */
  public static int create() throws ErrnoException {
    return (int)
        CLibrary.call(
            "socket",
            state -> SOCKET.invoke(state, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  }

  /**
   * Connects to the socket of a place.
   *
   * @return whether it is connected now; false if the listener's queue is full: try again
   * @throws ErrnoException ECONNREFUSED if nobody listens
   */
  public static boolean connect(int socket, int place) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = socketAddress(arena, PosixFiles.pathOf(place));
      return CLibrary.callOrWouldBlock(
              "connect", state -> CONNECT.invoke(state, socket, address(address), ADDRESS_SIZE))
          != Posix.WOULD_BLOCK;
    }
  }

  /**
   * Binds a socket to a new file in a folder, with exactly these permissions, whatever the
   * process's umask. Nobody can connect before {@link #listen}.
   *
   * @param name no symbolic link, and at most {@link #MAX_NAME_BYTES} long in UTF-8
   * @return the place of that file, even if its name leads to something else by now
   * @throws ErrnoException EADDRINUSE or EEXIST if the name exists; ENAMETOOLONG; EPERM of chown if
   *     the process is not in the group; nothing is left behind
   */
  public static int bind(int socket, int folder, String name, FilePermissions permissions)
      throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = socketAddress(arena, PosixFiles.pathOf(folder) + "/" + name);
      CLibrary.call("bind", state -> BIND.invoke(state, socket, address(address), ADDRESS_SIZE));
    }
    return PosixFiles.openMade(folder, name, FileStatus.Kind.SOCKET, permissions);
  }

  private static MemorySegment socketAddress(Arena arena, String path) throws ErrnoException {
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
      throw new ErrnoException("bind", Errno.ENAMETOOLONG);
    }
    MemorySegment address = arena.allocate(ADDRESS_SIZE, 2);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    address.setString(PATH_OFFSET, path);
    return address;
  }

  /**
   * Starts listening.
   *
   * @param backlog the most connections that wait to be accepted; Linux permits one more
   */
  public static void listen(int socket, int backlog) throws ErrnoException {
    CLibrary.call("listen", state -> LISTEN.invoke(state, socket, backlog));
  }

  /**
   * Accepts the connection that has waited longest, even if its far end has closed it.
   *
   * @return a non-blocking socket, or {@link Posix#WOULD_BLOCK} if none waits
   */
  public static int accept(int listening) throws ErrnoException {
    return (int)
        CLibrary.callOrWouldBlock(
            "accept",
            state -> ACCEPT4.invoke(state, listening, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC));
  }

  /**
   * Ends both directions (shutdown(2)). The far end reads to the end of what was sent, and can send
   * nothing more. What it had sent before can still be read.
   */
  public static void shutDown(int socket) throws ErrnoException {
    CLibrary.call("shutdown", state -> SHUTDOWN.invoke(state, socket, SHUT_RDWR));
  }

  /** Returns whether a socket is a connected Unix stream socket (getpeername(2)). */
  public static boolean isConnected(int socket) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_SIZE, 4);
      MemorySegment size = arena.allocate(JAVA_INT);
      size.set(JAVA_INT, 0, ADDRESS_SIZE);
      try {
        CLibrary.call(
            "getpeername",
            state -> GETPEERNAME.invoke(state, socket, address(address), address(size)));
      } catch (ErrnoException e) {
        if (e.errno() == Errno.ENOTCONN) {
          return false;
        }
        throw e;
      }
      if (address.get(JAVA_SHORT, 0) != AF_UNIX) {
        return false;
      }
      MemorySegment type = arena.allocate(JAVA_INT);
      size.set(JAVA_INT, 0, Integer.BYTES);
      CLibrary.call(
          "getsockopt",
          state ->
              GETSOCKOPT.invoke(state, socket, SOL_SOCKET, SO_TYPE, address(type), address(size)));
      return type.get(JAVA_INT, 0) == SOCK_STREAM;
    }
  }

  /**
   * Makes a socket blocking or non-blocking, for every process that has it.
   *
   * @return whether it was blocking before
   */
  public static boolean setBlocking(int socket, boolean blocks) throws ErrnoException {
    int flags = (int) CLibrary.call("fcntl", state -> FCNTL.invoke(state, socket, F_GETFL, 0));
    int wanted = blocks ? flags & ~SOCK_NONBLOCK : flags | SOCK_NONBLOCK;
    CLibrary.call("fcntl", state -> FCNTL.invoke(state, socket, F_SETFL, wanted));
    return (flags & SOCK_NONBLOCK) == 0;
  }
}
