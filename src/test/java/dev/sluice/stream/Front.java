package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.UnixSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where connections of clients come from. */
sealed interface Front extends AutoCloseable {

  /** Both ends of a new connection. */
  record Connection(SocketChannel client, Descriptor served) {}

  Connection connect() throws IOException;

  @Override
  void close() throws IOException;

  /** Connections by a Unix socket, which is made at a path. */
  record Unix(Path path, ServerSocketChannel server) implements Front {

    static Front at(Path path) throws IOException {
      return new Unix(
          path,
          ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              .bind(UnixDomainSocketAddress.of(path)));
    }

    @Override
    public Connection connect() throws IOException {
      Descriptor socket = new Descriptor(UnixSockets.create());
      try (Descriptor place = new Descriptor(PosixFiles.openPlace(path.toString()))) {
        assertThat(UnixSockets.connect(socket.number(), place.number())).isTrue();
      }
      return new Connection(server.accept(), socket);
    }

    @Override
    public void close() throws IOException {
      server.close();
      Files.delete(path);
    }
  }

  /** Connections by TCP on the loopback interface. */
  record Tcp(ServerSocketChannel server) implements Front {

    static Front open() throws IOException {
      return new Tcp(
          ServerSocketChannel.open(StandardProtocolFamily.INET)
              .bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0)));
    }

    @Override
    public Connection connect() throws IOException {
      SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET);
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      client.connect(server.getLocalAddress());
      try (SocketChannel served = server.accept()) {
        served.setOption(StandardSocketOptions.TCP_NODELAY, true);
        served.configureBlocking(false);
        return new Connection(client, duplicate(served));
      }
    }

    /** Java keeps the number of a channel's descriptor to itself; Linux does not. */
    private static Descriptor duplicate(SocketChannel channel) throws IOException {
      String ports = hex(channel.getLocalAddress()) + " " + hex(channel.getRemoteAddress());
      String socket = "";
      for (String line : Files.readAllLines(Path.of("/proc/self/net/tcp"))) {
        List<String> fields = List.of(line.strip().split("\\s+"));
        if (ports.equals(fields.get(1) + " " + fields.get(2))) {
          socket = "socket:[" + fields.get(9) + "]";
        }
      }
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        for (Path descriptor : descriptors.toList()) {
          if (Files.isSymbolicLink(descriptor)
              && Files.readSymbolicLink(descriptor).toString().equals(socket)) {
            int number = Integer.parseInt(String.valueOf(descriptor.getFileName()));
            return new Descriptor(Posix.duplicate(number));
          }
        }
      }
      throw new IOException("no descriptor is " + ports);
    }

    private static String hex(SocketAddress address) {
      return "0100007F:%04X".formatted(((InetSocketAddress) address).getPort());
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
