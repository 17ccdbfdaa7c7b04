package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.TcpSockets;
import dev.sluice.posix.UnixSockets;
import dev.sluice.testing.FilePaths;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

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
      try (Descriptor place = new Descriptor(PosixFiles.openPlace(FilePaths.at(path)))) {
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
  record Tcp(ServerSocketChannel server, int descriptor) implements Front {

    static Front open() throws IOException {
      ServerSocketChannel server =
          ServerSocketChannel.open(StandardProtocolFamily.INET)
              .bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      return new Tcp(server, TcpSockets.descriptorOf(server));
    }

    @Override
    public Connection connect() throws IOException {
      SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET);
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      client.connect(server.getLocalAddress());
      return new Connection(client, TcpSockets.accept(descriptor));
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
