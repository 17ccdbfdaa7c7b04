package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Ends connected stream sockets of any family. */
public final class Sockets {

  private static final int SHUT_WR = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SO_LINGER = 13;

  private static final CFunction SHUTDOWN = CFunction.intFunction("shutdown", 2);
  private static final CFunction SETSOCKOPT = CFunction.intFunction("setsockopt", 5);

  private Sockets() {}

  /** Ends the output: the far end reads to the end of what was sent (shutdown(2)). */
  public static void endOutput(int socket) throws ErrnoException {
    CLibrary.call("shutdown", state -> SHUTDOWN.invoke(state, socket, SHUT_WR));
  }

  /**
   * Makes TCP reset the connection when the socket is closed (SO_LINGER of 0). What was sent may
   * not arrive then.
   */
  public static void resetWhenClosed(int socket) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment linger = arena.allocate(JAVA_INT, 2);
      linger.setAtIndex(JAVA_INT, 0, 1);
      CLibrary.call(
          "setsockopt",
          state ->
              SETSOCKOPT.invoke(
                  state, socket, SOL_SOCKET, SO_LINGER, address(linger), linger.byteSize()));
    }
  }
}
