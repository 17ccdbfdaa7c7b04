package dev.sluice.cluster;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.FreePort;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The jar, whose process is killed: as the pod that has an export, and as one in between. */
class KilledPodIT {

  private static final int SIZE = 1 << 20;

  private static final Disk DISK = Disks.random(4L * Disks.MIB);

  /** Slow enough for a client to be in the midst of it. */
  private static final String STREAM =
      "pod: sluice-1, direction: write, rateLimit: 1M, digest: SHA-256, size: %d, path: %s";

  /** A JVM of its own starts slowly beside others. */
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(120);

  @Test
  void whatHadBegunHasFailedAndWhatHadNotIsMadeByTheNextProcess() throws Exception {
    KubernetesApi.require();
    Path root = Workspace.newFolder("root");
    try (ClusterRig rig = new ClusterRig();
        Command.Running killed = child(rig, root, FreePort.any()).start()) {
      rig.ask("begun", "pod: sluice-0, direction: write, size: 1M, path: " + root.resolve("begun"));
      rig.ask("not-begun", "pod: sluice-0, direction: read, peer: http, size: 1M");
      rig.awaitPhase("not-begun", "WAITING", STARTS_WITHIN);
      JsonNode waiting = rig.awaitPhase("begun", "WAITING");
      String instance = waiting.at("/owner/instance").asString();
      URI uri = URI.create(waiting.at("/uris/0").asString());
      CompletableFuture<byte[]> peer =
          supplyAsync(() -> read(root.resolve("begun")), KilledPodIT::onItsOwn);
      try (RawNbdClient client =
          RawNbdClient.connect(new InetSocketAddress("127.0.0.1", uri.getPort()))) {
        client.go("begun");
        client.write(0, new byte[SIZE / 2]);
        rig.await("begun", status -> status.path("position").asInt(0) == SIZE / 2);

        killed.kill();
      }

      assertThat(peer.join()).hasSize(SIZE / 2);
      OwnService _ = rig.pod("sluice-0", "sluice.kubernetes.lease-duration=2s");
      JsonNode lost = rig.awaitPhase("begun", "FAILED");
      assertThat(ClusterRig.condition(lost, "Failed").path("reason").asString())
          .isEqualTo("OwnerLost");
      assertThat(lost.path("position").asInt()).isEqualTo(SIZE / 2);
      JsonNode anew =
          rig.await(
              "not-begun",
              status ->
                  status.path("phase").asString("").equals("WAITING")
                      && !status.at("/owner/instance").asString().equals(instance));
      assertThat(anew.at("/owner/pod").asString()).isEqualTo("sluice-0");
      rig.kubectl("delete", "sx", "--all", "--timeout=30s");
    }
  }

  /** Two clients come by it, at the same time, and lose their connections with it. */
  @Test
  void whatItPassedOnIsInterruptedAndGoesOnByAnotherPod() throws Exception {
    KubernetesApi.require();
    Peers.require("nbdcopy", "nbdinfo");
    int port = FreePort.any();
    try (ClusterRig rig = new ClusterRig();
        Command.Running between = child(rig, Workspace.newFolder("root"), port).start()) {
      OwnService owner = rig.pod("sluice-1", "sluice.kubernetes.nbd-address=127.0.0.1");
      OwnService other = rig.pod("sluice-2", "sluice.kubernetes.nbd-address=127.0.0.1");
      Map<String, CompletableFuture<byte[]>> peers = new HashMap<>();
      for (String name : List.of("copied", "written")) {
        rig.ask(name, STREAM.formatted(DISK.size(), owner.root().resolve(name)));
        rig.awaitPhase(name, "WAITING");
        Path pipe = owner.root().resolve(name);
        peers.put(name, supplyAsync(() -> read(pipe), KilledPodIT::onItsOwn));
      }
      String uri = "nbd://127.0.0.1:" + port + "/";
      await()
          .atMost(STARTS_WITHIN)
          .until(() -> Command.of("nbdinfo", "--size", uri + "written").run().exitCode() == 0);
      byte[] disk = Files.readAllBytes(DISK.path());
      try (Command.Running copy = Command.of("nbdcopy", DISK.path(), uri + "copied").start();
          RawNbdClient client = RawNbdClient.connect(new InetSocketAddress("127.0.0.1", port))) {
        client.go("written");
        client.write(0, Arrays.copyOf(disk, SIZE));
        rig.await("copied", status -> status.path("position").asInt(0) > 0);

        between.kill();

        copy.await().assertFailed();
        assertThatThrownBy(() -> client.write(SIZE, new byte[SIZE]))
            .isInstanceOf(IOException.class);
      }

      assertThat(rig.awaitPhase("written", "INTERRUPTED").path("position").asInt()).isEqualTo(SIZE);
      for (String name : peers.keySet()) {
        JsonNode interrupted = rig.awaitPhase(name, "INTERRUPTED");
        int position = interrupted.path("position").asInt();
        assertThat(interrupted.path("failure").asString()).contains("position " + position);
        assertThat(peers.get(name)).isNotDone();
        assertThat(
                RestClient.anonymous(other)
                    .send("PATCH", "/exports/" + name, "{\"rateLimit\": null}")
                    .status())
            .isEqualTo(200);
        try (RawNbdClient client = other.connect()) {
          client.go(name);
          client.write(position, Arrays.copyOfRange(disk, position, disk.length));
          client.disconnect();
        }
        assertThat(peers.get(name)).succeedsWithin(ClusterRig.SOON).isEqualTo(disk);
        assertThat(rig.awaitPhase(name, "COMPLETED").path("digest").asString())
            .isEqualTo(DISK.sha256());
      }
    }
  }

  private static byte[] read(Path pipe) {
    try (InputStream in = Files.newInputStream(pipe)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The services need the common pool. */
  private static void onItsOwn(Runnable task) {
    Thread.ofPlatform().daemon().start(task);
  }

  private static Command child(ClusterRig rig, Path root, int nbdPort) {
    int port = FreePort.any();
    return SluiceProcess.jar()
        .with(
            "--server.port=" + port,
            "--sluice.kubernetes.api-url=http://127.0.0.1:" + port,
            "--sluice.nbd.port=" + nbdPort,
            "--sluice.kubernetes.nbd-address=127.0.0.1",
            "--sluice.exports.roots=" + root,
            "--sluice.exports.store=none",
            "--sluice.kubernetes.enabled=true",
            "--sluice.kubernetes.namespace=" + rig.namespace,
            "--sluice.kubernetes.pod=sluice-0",
            "--sluice.kubernetes.lease-duration=2s",
            "--sluice.kubernetes.status-interval=200ms",
            "--sluice.kubernetes.kubeconfig=" + rig.api.kubeConfig());
  }
}
