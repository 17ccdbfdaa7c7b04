package dev.sluice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.sluice.posix.TcpTable.Connection;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
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

  private static ServerSocket listen(InetAddress address) throws IOException {
    try {
      return new ServerSocket(0, 2, address);
    } catch (SocketException e) {
      assumeFalse(address instanceof Inet6Address, "this machine has no IPv6");
      throw e;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void aFarEndThatHasReadAllClosesAndOneThatHasNotResets(String address) throws IOException {
    try (ServerSocket server = listen(InetAddress.getByName(address))) {
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
}
