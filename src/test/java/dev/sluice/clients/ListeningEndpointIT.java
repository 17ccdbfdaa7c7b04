package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Sluice;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Endpoints that are Unix sockets which the service makes and the peer connects to. */
@ExtendWith(LeavesNothingBehind.class)
class ListeningEndpointIT {

  private static final String READ_ALL =
      """
      import socket, sys
      peer = socket.socket(socket.AF_UNIX)
      peer.connect(sys.argv[1])
      peer.send(b'?')
      print('connected', flush=True)
      with open(sys.argv[2], 'wb') as copy:
          while part := peer.recv(1 << 20):
              copy.write(part)
      """;

  private static final String WRITE_ALL =
      """
      import socket, sys
      peer = socket.socket(socket.AF_UNIX)
      peer.connect(sys.argv[1])
      with open(sys.argv[2], 'rb') as disk:
          peer.sendfile(disk)
      """;

  private final Disk disk = Disks.random();
  private Sluice sluice;
  private Path endpoint;
  private Path copy;

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy", "nbdsh");
  }

  @BeforeEach
  void prepare() {
    sluice = OwnService.shared();
    endpoint = sluice.root().resolve("listening");
    copy = Workspace.newPath("copy");
  }

  @AfterEach
  void tidy() {
    Workspace.remove(copy);
  }

  private ExportDocument create(String direction) {
    return sluice
        .api()
        .create(
            endpoint.getFileName().toString(),
            endpoint,
            direction,
            disk.size(),
            Map.of("listen", true));
  }

  @Test
  void aPeerThatConnectedReadsTheDiskAndAnOrdinaryEnd() {
    ExportDocument export = create("write");
    try (Command.Running peer = Command.python(READ_ALL, endpoint, copy).start()) {
      Command.of("nbdcopy", disk.path(), Transport.TCP.uri(export)).run().assertSucceeded();

      peer.await().assertSucceeded();
      assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
      sluice.api().awaitState(export.name(), "COMPLETED");
      assertThat(endpoint).doesNotExist();
    }
    sluice.api().delete(export.name(), false);
  }

  @Test
  void aPeerThatConnectedGivesTheDisk() {
    ExportDocument export = create("read");
    try (Command.Running peer = Command.python(WRITE_ALL, endpoint, disk.path()).start()) {
      Command.of("nbdcopy", Transport.TCP.uri(export), copy).run().assertSucceeded();

      peer.await().assertSucceeded();
      assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
      sluice.api().awaitState(export.name(), "COMPLETED");
    }
    sluice.api().delete(export.name(), false);
  }

  @Test
  void aPeerOfAnAbortedStreamReadsAReset() {
    ExportDocument export = create("write");
    try (Command.Running peer = Command.python(READ_ALL, endpoint, copy).start();
        Command.Running _ =
            Command.python(
                    """
                    import nbd, sys, time
                    h = nbd.NBD()
                    h.connect_uri(sys.argv[1])
                    h.pwrite(b'x' * (1 << 20), 0)
                    time.sleep(60)
                    """,
                    Transport.TCP.uri(export))
                .start()) {
      await().until(() -> peer.outputSoFar().contains("connected"));
      sluice.api().await(export.name(), now -> now.position() == Disks.MIB);

      assertThat(sluice.api().delete(export.name(), true)).isEqualTo(204);

      Command.Result end = peer.await().assertFailed();
      assertThat(end.errors()).contains("ConnectionResetError");
    }
  }
}
