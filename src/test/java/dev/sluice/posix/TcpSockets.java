package dev.sluice.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Accepts TCP connections as plain descriptors, which Java keeps to itself. */
public final class TcpSockets {

  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;

  private static final CFunction ACCEPT = CFunction.intFunction("accept4", 4);
  private static final CFunction SETSOCKOPT = CFunction.intFunction("setsockopt", 5);

  private TcpSockets() {}

  /** The number of the descriptor of a server that listens on 127.0.0.1. */
  public static int descriptorOf(ServerSocketChannel server) throws IOException {
    int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
    String listening = "0100007F:%04X 00000000:0000".formatted(port);
    String socket = "";
    for (String line : Files.readAllLines(Path.of("/proc/self/net/tcp"))) {
      List<String> fields = List.of(line.strip().split("\\s+"));
      if (listening.equals(fields.get(1) + " " + fields.get(2))) {
        socket = "socket:[" + fields.get(9) + "]";
      }
    }
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (target(descriptor).equals(socket)) {
          return Integer.parseInt(String.valueOf(descriptor.getFileName()));
        }
      }
    }
    throw new IOException("no descriptor listens on " + listening);
  }

  private static String target(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException e) {
      return "closed by another thread meanwhile";
    }
  }

  /** The next connection, which does not block and sends small segments at once. */
  public static Descriptor accept(int server) throws ErrnoException {
    Descriptor accepted =
        new Descriptor(
            (int)
                CLibrary.call(
                    "accept4",
                    state -> ACCEPT.invoke(state, server, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)));
    try (Arena arena = Arena.ofConfined()) {
      long on = CFunction.address(arena.allocateFrom(JAVA_INT, 1));
      CLibrary.call(
          "setsockopt",
          state -> SETSOCKOPT.invoke(state, accepted.number(), IPPROTO_TCP, TCP_NODELAY, on, 4));
    }
    return accepted;
  }
}
