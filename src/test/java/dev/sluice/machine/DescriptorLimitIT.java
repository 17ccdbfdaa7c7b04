package dev.sluice.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Connections have used up the descriptors that the process may have, except for the reserve. */
class DescriptorLimitIT {

  /** The JVM, its libraries and the listeners need fewer than half of them. */
  private static final int LIMIT = 300;

  private static final int REFUSED_IN_A_ROW = 10;

  private static final Duration NOTICED_WITHIN = Duration.ofSeconds(30);
  private static final Disk DISK = Disks.random(16L * Disks.MIB);

  private final List<Socket> connections = new ArrayList<>();

  @BeforeAll
  static void requirePeers() {
    Peers.require("prlimit", "nbdcopy");
  }

  @Test
  void nothingNewIsTakenInAndWhatIsThereCanEnd() throws IOException {
    Path root = Workspace.newPath("root");
    try (SluiceProcess sluice = SluiceProcess.start(root, DescriptorLimitIT::limited);
        WriteTrial begun = WriteTrial.of(sluice, DISK)) {
      ExportsApi api = sluice.api();
      Path fifo = root.resolve("old");
      api.create("old", fifo, "write", DISK.size(), Map.of());
      try {
        useUp(begun.uri(Transport.TCP));

        assertThat(api.statusOf("/readyz")).isEqualTo(503);
        assertThat(api.refused(root.resolve("new"), "write", 503))
            .contains("of " + LIMIT + " file descriptors are open", "RLIMIT_NOFILE");
        assertThat(root.resolve("new")).doesNotExist();
        assertThat(api.statusOf("/livez")).isEqualTo(200);
        assertThat(api.delete("old", false)).isEqualTo(204);
        assertThat(fifo).doesNotExist();
        assertThat(sluice.descriptors()).isLessThan(LIMIT);
      } finally {
        hangUp();
      }
      await().atMost(NOTICED_WITHIN).until(() -> api.statusOf("/readyz") == 200);
      Command.of("nbdcopy", DISK.path(), begun.uri(Transport.TCP)).run().assertSucceeded();
      begun.assertComplete();
      api.create("new", root.resolve("new"), "write", DISK.size(), Map.of());
      assertThat(api.delete("new", false)).isEqualTo(204);
      assertThat(sluice.log()).doesNotContain("Too many open files");
    }
  }

  private static Command limited(Command jar) {
    return jar.with(
            "--sluice.nbd.handshake-timeout=10m",
            "--sluice.nbd.max-connections-per-address=" + 2 * LIMIT)
        .behind("prlimit", "--nofile=" + LIMIT);
  }

  /** Connects until nobody gets a greeting any more; what was open for a moment is used up, too. */
  private void useUp(URI server) throws IOException {
    int refused = 0;
    while (refused < REFUSED_IN_A_ROW) {
      assertThat(connections).hasSizeLessThan(2 * LIMIT);
      Socket connection = new Socket(server.getHost(), server.getPort());
      connections.add(connection);
      refused = connection.getInputStream().read() < 0 ? refused + 1 : 0;
    }
  }

  private void hangUp() throws IOException {
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
