package dev.sluice.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Linux calls on Unix stream sockets that splice needs as plain descriptors. */
public final class UnixSockets {

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SHUT_WR = 1;
  private static final int ADDRESS_SIZE = 110;

  private static final MethodHandle SOCKET =
      CLibrary.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CONNECT =
      CLibrary.function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SHUTDOWN =
      CLibrary.function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private UnixSockets() {}

  /** A stream socket that does not block and is not connected. */
  public static int create() throws ErrnoException {
    return (int)
        CLibrary.call(
            "socket",
            state ->
                (int)
                    SOCKET.invokeExact(
                        state, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  }

  /**
   * Connects to the socket that an open place stands for.
   *
   * @return whether it is connected now; false: its queue is full, try again
   * @throws ErrnoException ECONNREFUSED when nobody listens
   */
  public static boolean connect(int socket, int place) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_SIZE, 2);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      address.setString(2, PosixFiles.pathOf(place));
      return CLibrary.callOrWouldBlock(
              "connect", state -> (int) CONNECT.invokeExact(state, socket, address, ADDRESS_SIZE))
          != Posix.WOULD_BLOCK;
    }
  }

  /** Tells the far end that no more bytes come. */
  public static void endOutput(int socket) throws ErrnoException {
    CLibrary.call("shutdown", state -> (int) SHUTDOWN.invokeExact(state, socket, SHUT_WR));
  }
}
