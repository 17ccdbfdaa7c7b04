package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.ExportRegistry;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RelayingProxy;
import dev.sluice.testing.Scrape;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two pods that share the exports of a namespace, and one that is lost to the API server. */
class SeveralPodsIT {

  private static final String LEASE = "sluice.kubernetes.lease-duration=2s";
  private static final int SIZE = 1 << 20;
  private static final String HTTP = "direction: read, peer: http, size: 1M";

  private ClusterRig rig;

  @BeforeEach
  void start() {
    KubernetesApi.require();
    rig = new ClusterRig();
  }

  @AfterEach
  void end() throws Exception {
    rig.close();
  }

  private static boolean has(OwnService pod, String name) {
    return pod.bean(ExportRegistry.class).find(name).isPresent();
  }

  private static String write(OwnService pod, String name) {
    return "direction: write, size: %d, path: %s".formatted(SIZE, pod.root().resolve(name));
  }

  /** Two processes under one name, as when a container is started before the last one has ended. */
  @Test
  void ofTwoThatClaimAtOnceOneWins() {
    OwnService first = rig.pod("sluice-0");
    OwnService second = rig.pod("sluice-0");
    List<String> names = IntStream.range(0, 40).mapToObj("export-%d"::formatted).toList();
    String spec = HTTP + ", pod: sluice-0";
    String all =
        String.join("---\n", names.stream().map(name -> ClusterRig.resource(name, spec)).toList());

    rig.api.apply(rig.namespace, all).assertSucceeded();

    await()
        .atMost(ClusterRig.SOON)
        .until(() -> rig.phases().stream().filter("WAITING"::equals).count() == names.size());
    List<String> made =
        Stream.of(first, second).flatMap(pod -> ClusterRig.on(pod).stream()).toList();
    assertThat(made).containsExactlyInAnyOrderElementsOf(names);
    rig.kubectl("delete", "sx", "--all", "--timeout=40s");
    assertThat(ended(first) + ended(second))
        .as("exports that either has ever made")
        .isEqualTo(names.size());
  }

  private static double ended(OwnService pod) {
    return pod.scrape().series().stream()
        .filter(series -> series.name().equals("sluice_exports_ended_total"))
        .mapToDouble(Scrape.Series::value)
        .sum();
  }

  @Test
  void thePodThatIsNamedTakesIt() {
    OwnService first = rig.pod("sluice-0");
    OwnService second = rig.pod("sluice-1");

    rig.ask("here", HTTP + ", pod: sluice-1");
    rig.ask("there", HTTP + ", pod: sluice-0");

    rig.awaitPhase("here", "WAITING");
    rig.awaitPhase("there", "WAITING");
    assertThat(has(second, "here")).isTrue();
    assertThat(has(first, "there")).isTrue();
  }

  @Test
  void anExportWhosePodIsLostBeforeTheFirstByteIsPlacedAnew() throws IOException {
    RelayingProxy proxy = rig.proxy();
    OwnService lost = rig.podBehind(proxy, "sluice-0", LEASE);
    rig.ask("moved", HTTP);
    rig.awaitPhase("moved", "WAITING");
    rig.ask("never", HTTP + ", restartPolicy: Never");
    rig.awaitPhase("never", "WAITING");
    OwnService other = rig.pod("sluice-1", LEASE);

    proxy.cut();

    rig.await(
        "moved",
        status ->
            status.at("/owner/pod").asString("").equals("sluice-1")
                && status.path("phase").asString("").equals("WAITING"));
    assertThat(has(other, "moved")).isTrue();
    assertThat(has(lost, "moved")).as("two pods have it").isFalse();
    JsonNode failed = rig.awaitPhase("never", "FAILED");
    assertThat(ClusterRig.condition(failed, "Failed").path("reason").asString())
        .isEqualTo("OwnerLost");
    proxy.mend();
    rig.ask("after", HTTP + ", pod: sluice-0");
    rig.awaitPhase("after", "WAITING");
    assertThat(rig.status("moved").at("/owner/pod").asString()).isEqualTo("sluice-1");
  }

  @Test
  void aStreamWhosePodIsLostHasFailedForGoodThoughItGoesOnToItsEnd() throws Exception {
    RelayingProxy proxy = rig.proxy();
    OwnService lost = rig.podBehind(proxy, "sluice-0", LEASE);
    rig.ask("judged", write(lost, "judged"));
    rig.awaitPhase("judged", "WAITING");
    OwnService _ = rig.pod("sluice-1", LEASE);
    byte[] data = new byte[SIZE];
    new Random(3).nextBytes(data);
    CompletableFuture<byte[]> peer = lost.peerReads("judged");
    try (RawNbdClient client = lost.connect()) {
      client.go("judged");
      client.write(0, Arrays.copyOf(data, SIZE / 2));
      rig.await("judged", status -> status.path("position").asInt(0) == SIZE / 2);

      proxy.cut();

      JsonNode judged = rig.awaitPhase("judged", "FAILED");
      assertThat(ClusterRig.condition(judged, "Failed").path("reason").asString())
          .isEqualTo("OwnerLost");
      assertThat(judged.path("failure").asString()).contains("sluice-0", "" + SIZE / 2);
      client.write(SIZE / 2, Arrays.copyOfRange(data, SIZE / 2, SIZE));
      client.disconnect();
    }
    assertThat(peer.get()).isEqualTo(data);
    proxy.mend();
    rig.ask("after", HTTP + ", pod: sluice-0");
    rig.awaitPhase("after", "WAITING");
    JsonNode status = rig.status("judged");
    assertThat(status.path("phase").asString()).isEqualTo("FAILED");
    assertThat(ClusterRig.condition(status, "Complete").path("status").asString())
        .isEqualTo("False");
    rig.kubectl("delete", "sx", "judged", "--timeout=30s");
  }

  @Test
  void aStreamGoesOnWithoutTheApiServerAndItsEndIsWrittenLater() throws Exception {
    OwnService pod = rig.pod("sluice-0", LEASE);
    rig.ask("away", write(pod, "away"));
    rig.awaitPhase("away", "WAITING");
    CompletableFuture<byte[]> peer = pod.peerReads("away");
    try (RawNbdClient client = pod.connect()) {
      client.go("away");
      client.write(0, new byte[SIZE / 2]);
      rig.await("away", status -> status.path("position").asInt(0) == SIZE / 2);
      rig.api.stop();
      try {
        client.write(SIZE / 2, new byte[SIZE / 2]);
        client.disconnect();
        assertThat(peer.get()).hasSize(SIZE);
        pod.api().awaitState("away", "COMPLETED");
      } finally {
        rig.api.start();
      }
    }

    JsonNode completed = rig.awaitPhase("away", "COMPLETED");
    assertThat(completed.path("position").asInt()).isEqualTo(SIZE);
  }

  @Test
  void aPodThatIsStoppedGivesBackWhatHasNotBegun() throws Exception {
    OwnService first = rig.pod("sluice-0");
    rig.ask("handed", HTTP);
    rig.awaitPhase("handed", "WAITING");
    OwnService _ = rig.pod("sluice-1");

    first.close();

    rig.await("handed", status -> status.at("/owner/pod").asString("").equals("sluice-1"));
    assertThat(rig.kubectl("get", "leases", "-o", "name")).doesNotContain("sluice-0");
  }

  @Test
  void aCutWatchAndADeletedDefinitionAreNotTheEnd() throws Exception {
    RelayingProxy proxy = rig.proxy();
    OwnService pod = rig.podBehind(proxy, "sluice-0");
    rig.ask("before", HTTP);
    rig.awaitPhase("before", "WAITING");

    proxy.cutConnections();
    rig.ask("between", HTTP);
    rig.awaitPhase("between", "WAITING");
    rig.api.kubectl("delete", "crd", "streamexports.sluice.dev", "--timeout=40s").assertSucceeded();
    await().atMost(ClusterRig.SOON).until(() -> ClusterRig.on(pod).isEmpty());
    rig.api.defineResource();
    rig.ask("afterwards", HTTP);

    rig.awaitPhase("afterwards", "WAITING");
  }
}
