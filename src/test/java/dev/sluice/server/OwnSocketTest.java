package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.export.ExportException;
import dev.sluice.nbd.NbdErrorException;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The socket that NBD is listened on is within a root, and somebody asks for an export of it. */
@Slow("Starts a service for most tests.")
@Timeout(60)
class OwnSocketTest {

  private RunningServer server;

  @BeforeEach
  void start() {
    server = RunningServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void assertRefused(String file) {
    assertThatExceptionOfType(ExportException.class)
        .isThrownBy(() -> server.export(file, Direction.WRITE, 4096))
        .withMessageContaining("path: this service itself listens on this socket")
        .extracting(ExportException::reason)
        .isEqualTo(ExportException.Reason.INVALID);
    assertThat(server.exports().list()).isEmpty();
  }

  @Test
  void itIsNoEndpointByWhateverName() throws IOException {
    Path socket = server.path("nbd.sock");
    Files.createLink(server.path("hard"), socket);
    Files.createSymbolicLink(server.path("symbolic"), Path.of("nbd.sock"));

    assertRefused("nbd.sock");
    assertRefused("hard");
    assertRefused("symbolic");
  }

  @Test
  void itIsNotConnectedToEitherIfItTakesThePlaceOfAPeersSocket() throws Exception {
    Path path = server.path("peer");
    try (ServerSocketChannel peer = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      peer.bind(UnixDomainSocketAddress.of(path));
      Export export = server.export("peer", Direction.WRITE, 100_000);
      Files.createLink(server.path("next"), server.path("nbd.sock"));
      Files.move(server.path("next"), path, StandardCopyOption.ATOMIC_MOVE);

      try (RawNbdClient client = server.connect()) {
        client.go("peer");
        assertThatExceptionOfType(NbdErrorException.class)
            .isThrownBy(() -> client.write(0, new byte[100_000]));
        await().until(() -> export.stream().status().state() == StreamState.FAILED);
      }
      assertThat(export.stream().status().failure())
          .contains("this service itself listens on this socket");
    }
  }

  @Test
  void aSocketThatWasLeftInItsPlaceAfterItsEndIsAnotherOne() throws Exception {
    server.nbd().stop();
    try (ServerSocketChannel peer = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      peer.bind(UnixDomainSocketAddress.of(server.path("nbd.sock")));

      assertThat(server.export("nbd.sock", Direction.WRITE, 4096).name()).isEqualTo("nbd.sock");
    }
  }
}
