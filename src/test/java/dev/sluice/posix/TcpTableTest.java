package dev.sluice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.TcpTable.Connection;
import dev.sluice.testing.Peers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Linux tells of a connection whose far end closes it, with or without having read all. */
class TcpTableTest {

  private static Optional<Connection> find(Socket socket) throws IOException {
    return TcpTable.find(
        (InetSocketAddress) socket.getLocalSocketAddress(),
        (InetSocketAddress) socket.getRemoteSocketAddress());
  }

  private static boolean isClosedWithEverything(Socket socket) throws IOException {
    return find(socket).map(Connection::isClosedWithEverything).orElse(false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void aFarEndThatHasReadAllClosesAndOneThatHasNotResets(String address) throws IOException {
    if (address.contains(":")) {
      Peers.requireIpv6();
    }
    try (ServerSocket server = new ServerSocket(0, 2, InetAddress.getByName(address))) {
      for (int read : new int[] {1000, 999}) {
        try (Socket far = new Socket(server.getInetAddress(), server.getLocalPort());
            Socket near = server.accept()) {
          near.getOutputStream().write(new byte[1000]);
          await().until(() -> far.getInputStream().available() == 1000);
          assertThat(find(near)).isPresent();
          assertThat(isClosedWithEverything(near)).isFalse();
          far.getInputStream().readNBytes(read);

          far.close();

          if (read == 1000) {
            await().until(() -> isClosedWithEverything(near));
          } else {
            await().until(() -> find(near).isEmpty());
          }
        }
      }
    }
  }

  @Test
  void aConnectionsSecondDescriptorKeepsItOpen() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
        Socket far = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket near = server.accept();
        Socket _ = new Socket(server.getInetAddress(), server.getLocalPort());
        Descriptor second =
            TcpTable.duplicate(
                    (InetSocketAddress) near.getLocalSocketAddress(),
                    (InetSocketAddress) near.getRemoteSocketAddress())
                .orElseThrow()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes =
            arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 4, (byte) 7, (byte) 11);
        assertThat(Posix.write(second.number(), bytes)).isEqualTo(3);
      }
      assertThat(far.getInputStream().readNBytes(3)).containsExactly(4, 7, 11);

      far.setSoTimeout(100);
      near.setSoLinger(true, 0); // or Java would send the end before it closes
      near.close();
      assertThatThrownBy(() -> far.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      second.close();
      assertThatThrownBy(() -> far.getInputStream().read()).hasMessageContaining("reset");
    }
  }
}
