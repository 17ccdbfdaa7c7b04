package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.nbd.OptionRefusedException;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Clients that come to one pod, and whose exports another one has, with a real API server. */
class OneEntranceIT {

  private static final Disk DISK = Disks.random(16L * Disks.MIB);

  private static ClusterRig rig;
  private static OwnService entrance;
  private static OwnService owner;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    Peers.require("nbdcopy", "qemu-img", "nbdinfo");
    rig = new ClusterRig();
    entrance = rig.pod("sluice-0", "sluice.kubernetes.nbd-address=127.0.0.1");
    owner = rig.pod("sluice-1", "sluice.kubernetes.nbd-address=127.0.0.1");
  }

  @AfterAll
  static void end() throws Exception {
    rig.close();
  }

  /** An export of the one pod, of which the other one knows. */
  private static void make(String name, String direction, String more) {
    rig.ask(
        name,
        "pod: sluice-1, direction: %s, size: %d, digest: SHA-256, path: %s%s"
            .formatted(direction, DISK.size(), owner.root().resolve(name), more));
    rig.awaitPhase(name, "WAITING");
    Entrance here = entrance.bean(Entrance.class);
    Entrance there = owner.bean(Entrance.class);
    await()
        .atMost(ClusterRig.SOON)
        .until(
            () ->
                here.find(name).filter(it -> it.address() != null).isPresent()
                    && there.knows(here.self()));
  }

  private static String uri(String name) {
    return "nbd://127.0.0.1:%d/%s".formatted(entrance.nbd().getPort(), name);
  }

  private static void assertComplete(String name) {
    JsonNode completed = rig.awaitPhase(name, "COMPLETED");
    assertThat(completed.at("/owner/pod").asString()).isEqualTo("sluice-1");
    assertThat(completed.path("digest").asString()).isEqualTo(Sha256.of(DISK.path()));
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static void peerWrites(String name) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (var fifo =
                  Files.newOutputStream(owner.root().resolve(name), StandardOpenOption.WRITE)) {
                Files.copy(DISK.path(), fifo);
              } catch (IOException e) {
                // The state of the export tells.
              }
            });
  }

  @Test
  void nbdcopyWrites() throws Exception {
    make("save", "write", "");
    CompletableFuture<byte[]> peer = owner.peerReads("save");

    Command.of("nbdcopy", DISK.path(), uri("save")).run().assertSucceeded();

    assertThat(sha256(peer.get())).isEqualTo(Sha256.of(DISK.path()));
    assertComplete("save");
  }

  @Test
  void qemuImgWrites() throws Exception {
    make("convert", "write", "");
    CompletableFuture<byte[]> peer = owner.peerReads("convert");

    Command.of("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", DISK.path(), uri("convert"))
        .run()
        .assertSucceeded();

    assertThat(sha256(peer.get())).isEqualTo(Sha256.of(DISK.path()));
    assertComplete("convert");
  }

  @Test
  void nbdcopyReads() throws Exception {
    make("restore", "read", "");
    Command.Result info = Command.of("nbdinfo", "--size", uri("restore")).run().assertSucceeded();
    assertThat(info.output().strip()).isEqualTo("" + DISK.size());
    peerWrites("restore");
    Path copy = Workspace.newPath("copy");

    Command.of("nbdcopy", uri("restore"), copy).run().assertSucceeded();

    assertThat(Sha256.of(copy)).isEqualTo(Sha256.of(DISK.path()));
    assertComplete("restore");
  }

  @Test
  void qemuImgReads() throws Exception {
    make("qemu", "read", "");
    peerWrites("qemu");
    Path copy = Workspace.newPath("copy");

    Command.of("qemu-img", "convert", "-f", "raw", "-O", "raw", uri("qemu"), copy)
        .run()
        .assertSucceeded();

    assertThat(Sha256.of(copy)).isEqualTo(Sha256.of(DISK.path()));
    assertComplete("qemu");
  }

  @Test
  void aLostClientLeavesTheStreamInterrupted() throws Exception {
    make("lost", "write", "");
    CompletableFuture<byte[]> _ = owner.peerReads("lost");
    try (RawNbdClient client = entrance.connect()) {
      client.go("lost");
      client.write(0, new byte[1 << 20]);
      client.abort();
    }

    JsonNode interrupted = rig.awaitPhase("lost", "INTERRUPTED");
    assertThat(interrupted.path("position").asInt()).isEqualTo(1 << 20);
  }

  @Test
  void whoMayNotUseAnExportMayNotByTheOtherPod() {
    make("kept", "write", ", clients: {networks: ['127.0.0.2']}");

    assertThatThrownBy(
            () -> {
              try (RawNbdClient client = entrance.connect()) {
                client.go("kept");
              }
            })
        .isInstanceOf(OptionRefusedException.class)
        .hasMessageContaining("this client is not permitted to use this export");
  }

  /** A pod that is told no address of the owner's still knows what clients are told. */
  @Test
  void whoCannotBePassedOnReadsWhereToGo() {
    OwnService silent = rig.pod("sluice-2");
    rig.ask(
        "silent",
        "pod: sluice-2, direction: write, size: 4096, path: " + silent.root().resolve("silent"));
    String there = rig.awaitPhase("silent", "WAITING").at("/uris/0").asString();
    await()
        .atMost(ClusterRig.SOON)
        .until(() -> entrance.bean(Entrance.class).find("silent").isPresent());

    Command.Result refused = Command.of("qemu-img", "info", uri("silent")).run().assertFailed();

    assertThat(refused.errors())
        .contains("export 'silent' is at " + there + ": this pod is not told how to");
  }
}
