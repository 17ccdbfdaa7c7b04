package dev.sluice.testing;

import dev.sluice.testing.StreamPeer.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Peers that listen on a Unix socket, which is there when these methods return. */
public final class SocketPeer {

  private SocketPeer() {}

  /** Takes one connection and reads it to its end. */
  public static ReadingPeer reading(Path socket) {
    return ReadingPeer.start(listen(socket));
  }

  /** Takes one connection and writes a disk into it. */
  public static FeedingPeer feeding(Path socket, Disk disk) {
    return FeedingPeer.start(listen(socket), disk);
  }

  private static Way<SocketChannel> listen(Path socket) {
    try {
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      return new Way<>() {
        @Override
        public SocketChannel open() throws IOException {
          try (server) {
            return server.accept();
          }
        }

        @Override
        public void giveUp() throws IOException {
          server.close();
        }

        @Override
        public void close() throws IOException {
          server.close();
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
