package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Command;
import dev.sluice.testing.FreePort;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The jar, whose process is killed, and started again under the same name. */
class KilledPodIT {

  private static final int SIZE = 1 << 20;

  /** A JVM of its own starts slowly beside others. */
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(120);

  @Test
  void whatHadBegunHasFailedAndWhatHadNotIsMadeByTheNextProcess() throws Exception {
    KubernetesApi.require();
    Path root = Workspace.newFolder("root");
    try (ClusterRig rig = new ClusterRig();
        Command.Running killed = child(rig, root).start()) {
      rig.ask("begun", "pod: sluice-0, direction: write, size: 1M, path: " + root.resolve("begun"));
      rig.ask("not-begun", "pod: sluice-0, direction: read, peer: http, size: 1M");
      rig.awaitPhase("not-begun", "WAITING", STARTS_WITHIN);
      JsonNode waiting = rig.awaitPhase("begun", "WAITING");
      String instance = waiting.at("/owner/instance").asString();
      URI uri = URI.create(waiting.at("/uris/0").asString());
      CompletableFuture<Integer> peer = CompletableFuture.supplyAsync(() -> read(root));
      try (RawNbdClient client =
          RawNbdClient.connect(new InetSocketAddress("127.0.0.1", uri.getPort()))) {
        client.go("begun");
        client.write(0, new byte[SIZE / 2]);
        rig.await("begun", status -> status.path("position").asInt(0) == SIZE / 2);

        killed.kill();
      }

      assertThat(peer.join()).isEqualTo(SIZE / 2);
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

  private static int read(Path root) {
    try (InputStream in = Files.newInputStream(root.resolve("begun"))) {
      return in.readAllBytes().length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Command child(ClusterRig rig, Path root) {
    int port = FreePort.any();
    return SluiceProcess.jar()
        .with(
            "--server.port=" + port,
            "--sluice.kubernetes.api-url=http://127.0.0.1:" + port,
            "--sluice.nbd.port=0",
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
