package dev.sluice.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Peers in containers of their own, which have the FIFO's folder as a volume. */
@ExtendWith(LeavesNothingBehind.class)
class ContainerPeersIT {

  /** The one that the Dockerfile starts from. */
  private static final String IMAGE = "debian:trixie-slim";

  private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);
  private static final Disk DISK = Disks.random(64L * Disks.MIB);

  private final ExportsApi api = OwnService.shared().api();
  private final Path fifo = OwnService.shared().root().resolve("contained");

  @BeforeAll
  static void requirePeers() {
    Peers.requireDocker();
    Peers.require("nbdcopy");
  }

  @AfterEach
  void delete() {
    api.delete("contained", true);
  }

  @Test
  void onePeerReadsItAll() {
    ExportDocument export = export("write");
    try (Command.Running peer = peer("sha256sum < $1")) {
      write(export).assertSucceeded();
      assertThat(peer.await().assertSucceeded().output()).contains(DISK.sha256());
    }
    assertThat(api.awaitState("contained", "COMPLETED").position()).isEqualTo(DISK.size());
  }

  @Test
  void onePeerWritesItAll() {
    ExportDocument export = export("read");
    Path copy = Workspace.newPath("copy");
    try (Command.Running peer = peer("cat $2 > $1")) {
      read(export, copy).assertSucceeded();
      peer.await().assertSucceeded();
    }
    assertThat(Sha256.of(copy)).isEqualTo(DISK.sha256());
    assertThat(api.awaitState("contained", "COMPLETED").position()).isEqualTo(DISK.size());
    Workspace.remove(copy);
  }

  @Test
  void twoPeersThatReadFailTheStream() {
    ExportDocument export = export("write");
    try (Command.Running one = peer("cat $1 >/dev/null");
        Command.Running other = peer("cat $1 >/dev/null")) {
      write(export);
      assertFailed();
      one.await().assertSucceeded();
      other.await().assertSucceeded();
    }
  }

  @Test
  void twoPeersThatWriteFailTheStream() {
    ExportDocument export = export("read");
    Path copy = Workspace.newPath("copy");
    try (Command.Running one = peer("cat $2 > $1");
        Command.Running other = peer("cat $2 > $1")) {
      read(export, copy);
      assertFailed();
      one.await();
      other.await();
    }
    Workspace.remove(copy);
  }

  private ExportDocument export(String direction) {
    return api.create("contained", fifo, direction, DISK.size(), Map.of());
  }

  /** Is there when a shell in a container is about to open the FIFO, $1; the disk is $2. */
  private Command.Running peer(String script) {
    String folder = Workspace.folder() + ":" + Workspace.folder();
    Command.Running peer =
        Command.of("docker", "run", "--rm", "--network", "none", "--volume", folder, IMAGE)
            .with("timeout", "100", "sh", "-c", "echo ready; " + script, "sh", fifo, DISK.path())
            .start();
    await()
        .atMost(STARTS_WITHIN)
        .until(() -> peer.outputSoFar().contains("ready") || !peer.isAlive());
    assertThat(peer.isAlive()).isTrue();
    return peer;
  }

  private static Command.Result write(ExportDocument export) {
    return Command.of("nbdcopy", DISK.path(), Transport.TCP.uri(export)).run();
  }

  private static Command.Result read(ExportDocument export, Path copy) {
    return Command.of("nbdcopy", Transport.TCP.uri(export), copy).run();
  }

  private void assertFailed() {
    assertThat(api.awaitState("contained", "FAILED").failure())
        .contains("was opened by 2 processes (expected: 1)");
  }
}
