package dev.sluice.posix;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of sockets that somebody else has made. */
@Timeout(20)
class InheritedSocketsTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path root;

  @Test
  void onlyAConnectedUnixSocketIsConnected() throws Exception {
    try (Descriptor folder = new Descriptor(PosixFiles.openPlace(at(root)));
        Descriptor listener = new Descriptor(UnixSockets.create());
        Descriptor place =
            new Descriptor(
                UnixSockets.bind(
                    listener.number(), folder.number(), "socket", FilePermissions.of(0600)));
        Descriptor near = new Descriptor(UnixSockets.create())) {
      UnixSockets.listen(listener.number(), 1);
      assertThat(UnixSockets.isConnected(near.number())).isFalse();
      assertThat(UnixSockets.connect(near.number(), place.number())).isTrue();

      try (Descriptor far = new Descriptor(UnixSockets.accept(listener.number()))) {
        assertThat(UnixSockets.isConnected(near.number())).isTrue();
        assertThat(UnixSockets.isConnected(far.number())).isTrue();
        assertThat(UnixSockets.isConnected(listener.number())).isFalse();
      }
    }
  }

  /** Linux knows what its far end has got, and not what has been read there. */
  @Test
  void aConnectionByTcpIsNone() throws Exception {
    try (ServerSocketChannel server =
            ServerSocketChannel.open(StandardProtocolFamily.INET)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        Descriptor accepted = TcpSockets.accept(TcpSockets.descriptorOf(server))) {
      assertThat(client.isConnected()).isTrue();
      assertThat(UnixSockets.isConnected(accepted.number())).isFalse();
    }
  }

  @Test
  void whetherCallsWaitIsForEverybodyWhoHasTheSocket() throws Exception {
    try (Descriptor socket = new Descriptor(UnixSockets.create());
        Descriptor same = new Descriptor(Posix.duplicate(socket.number()))) {
      assertThat(UnixSockets.setBlocking(socket.number(), true)).isFalse();
      assertThat(UnixSockets.setBlocking(same.number(), false)).isTrue();
      assertThat(UnixSockets.setBlocking(socket.number(), false)).isFalse();
    }
  }
}
