package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RelayingProxy;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is seen of a pod that cannot reach the API server, and what it may not do afterwards. */
class CutOffPodIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String LEASE = "sluice.kubernetes.lease-duration=2s";
  private static final int SIZE = 1 << 20;

  private ClusterRig rig;
  private RelayingProxy proxy;

  @BeforeEach
  void start() {
    KubernetesApi.require();
    rig = new ClusterRig();
    proxy = rig.proxy();
  }

  @AfterEach
  void end() throws Exception {
    rig.close();
  }

  @Test
  void everybodySeesThatAPodIsCutOffAndThatItIsBack() throws Exception {
    OwnService cut = rig.podBehind(proxy, "sluice-0", LEASE);
    OwnService other = rig.pod("sluice-1", LEASE);
    for (OwnService pod : new OwnService[] {cut, other}) {
      awaitValue(pod, 2, "sluice_cluster_members");
      awaitValue(pod, 1, "sluice_cluster_lease_valid");
    }
    assertThat(health(cut).path("status").asString()).isEqualTo("UP");
    rig.ask("moved", "direction: read, peer: http, size: 1M, pod: sluice-0");
    rig.ask("never", "direction: read, peer: http, size: 1M, pod: sluice-0, restartPolicy: Never");
    rig.ask("nobodys", "direction: read, peer: http, size: 1M, pod: elsewhere");
    rig.awaitPhase("moved", "WAITING");
    rig.awaitPhase("never", "WAITING");
    awaitValue(cut, 1, "sluice_cluster_exports_unowned");
    double unanswered = unanswered(cut);

    proxy.cut();

    awaitValue(cut, 0, "sluice_cluster_lease_valid");
    awaitValue(cut, 2, "sluice_cluster_exports_withdrawn_total");
    await().atMost(ClusterRig.SOON).until(() -> unanswered(cut) > unanswered);
    JsonNode health = health(cut);
    assertThat(health.path("status").asString()).isEqualTo("OUT_OF_SERVICE");
    assertThat(health.at("/details/reason").asString()).isNotBlank();
    assertThat(health.at("/details/pod").asString()).isEqualTo("sluice-0");
    assertThat(cut.api().statusOf("/readyz")).as("NBD clients find it").isEqualTo(200);
    assertThat(cut.api().statusOf("/livez")).isEqualTo(200);
    assertThat(cut.scrape().sum("sluice_cluster_exports_unowned")).isZero();
    awaitValue(other, 1, "sluice_cluster_members");
    awaitValue(other, 1, "sluice_cluster_exports_lost_total", "judgement", "failed");
    awaitValue(other, 1, "sluice_cluster_exports_lost_total", "judgement", "placed-anew");
    awaitValue(other, 2, "sluice_cluster_exports_unowned");

    proxy.mend();

    awaitValue(cut, 1, "sluice_cluster_lease_valid");
    awaitValue(other, 2, "sluice_cluster_members");
    awaitValue(cut, 1, "sluice_cluster_exports_unowned");
    await().atMost(ClusterRig.SOON).until(() -> health(cut).path("status").asString().equals("UP"));
    assertThat(health(cut).at("/details/members").asInt()).isEqualTo(2);
    rig.awaitPhase("moved", "WAITING");
  }

  private static void awaitValue(OwnService pod, double value, String name, String... labels) {
    await()
        .alias(name)
        .atMost(ClusterRig.SOON)
        .until(() -> pod.scrape().sum(name, labels), now -> now == value);
  }

  private static double unanswered(OwnService pod) {
    return pod.scrape().sum("sluice_cluster_failures_total", "reason", "unreachable");
  }

  private static JsonNode health(OwnService pod) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:%d/actuator/health".formatted(pod.port()));
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      return JSON.readTree(answer.body()).at("/components/cluster");
    }
  }

  /** The file is one for kubectl, with paths that are relative to it. */
  @Test
  void aTokenThatIsReplacedIsUsedFromThenOn() throws Exception {
    rig.kubectl("create", "serviceaccount", "sluice");
    rig.kubectl(
        "create",
        "rolebinding",
        "sluice",
        "--clusterrole=cluster-admin",
        "--serviceaccount=" + rig.namespace + ":sluice");
    Path account = rig.api.account(rig.namespace, "sluice");
    String token = Files.readString(account.resolve("token"));
    Files.writeString(account.resolve("token"), "expired");
    Path config = account.resolve("config");
    Files.writeString(
        config,
        """
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "https://127.0.0.1:%d", certificate-authority: ca.crt}}]
        users: [{name: user, user: {tokenFile: token}}]
        contexts: [{name: test, context: {cluster: test, user: user}}]
        """
            .formatted(rig.api.port()));
    OwnService pod = rig.podBy(config, "sluice-0", LEASE);
    await()
        .atMost(ClusterRig.SOON)
        .until(
            () -> pod.scrape().sum("sluice_cluster_failures_total", "reason", "refused"),
            refused -> refused > 0);
    assertThat(health(pod).path("status").asString()).isEqualTo("OUT_OF_SERVICE");

    Files.writeString(account.resolve("token"), token);

    awaitValue(pod, 1, "sluice_cluster_lease_valid");
    rig.ask("ready", "direction: read, peer: http, size: 1M");
    rig.awaitPhase("ready", "WAITING");
    assertThat(
            rig.api
                .kubectl("--kubeconfig", config, "-n", rig.namespace, "get", "sx", "-o", "name")
                .output())
        .contains("/ready");
  }

  /**
   * As when a backup is restored: the name, the spec, and even the owner are those of a stream that
   * is still there, but it is another resource. After a restart, the API server does not know any
   * more what the pod has missed: so both changes are one to the pod, which reads all resources.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResourceThatWasMadeAgainGetsNothingOfTheStreamBefore(boolean restart) throws Exception {
    OwnService pod = rig.podBehind(proxy, "sluice-0", LEASE);
    String spec =
        "direction: write, digest: SHA-256, size: %d, pod: sluice-0, path: %s"
            .formatted(SIZE, pod.root().resolve("again"));
    rig.ask("again", spec);
    JsonNode first = rig.awaitPhase("again", "WAITING");
    CompletableFuture<byte[]> firstPeer = pod.peerReads("again");
    byte[] old = random(1);
    try (RawNbdClient client = pod.connect()) {
      client.go("again");
      client.write(0, Arrays.copyOf(old, SIZE / 2));
      rig.await("again", status -> status.path("position").asInt(0) == SIZE / 2);
      proxy.cut();
      rig.kubectl("delete", "sx", "again", "--wait=false");
      rig.kubectl(
          "patch", "sx", "again", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}");
      rig.awaitNone("again");
      rig.ask("again", spec);
      restoreOwner(first.path("owner"));
      if (restart) {
        rig.api.stop();
        rig.api.start();
      }

      proxy.mend();

      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(firstPeer.get()).isEqualTo(Arrays.copyOf(old, SIZE / 2));
    JsonNode anew = rig.awaitPhase("again", "WAITING");
    assertThat(anew.path("position").asInt()).isZero();
    assertThat(anew.path("startTime").isMissingNode()).isTrue();
    byte[] data = random(2);
    CompletableFuture<byte[]> peer = pod.peerReads("again");
    try (RawNbdClient client = pod.connect()) {
      client.go("again");
      client.write(0, data);
      client.disconnect();
    }
    assertThat(peer.get()).isEqualTo(data);
    JsonNode completed = rig.awaitPhase("again", "COMPLETED");
    assertThat(completed.path("digest").asString()).isEqualTo(digest(data));
  }

  private void restoreOwner(JsonNode owner) throws IOException {
    ObjectNode resource =
        (ObjectNode) JSON.readTree(rig.kubectl("get", "sx", "again", "-o", "json"));
    resource.putObject("status").set("owner", owner);
    Path file = Workspace.newPath("json");
    Files.writeString(file, JSON.writeValueAsString(resource));
    rig.kubectl(
        "replace",
        "--raw",
        "/apis/sluice.dev/v1alpha1/namespaces/%s/streamexports/again/status"
            .formatted(rig.namespace),
        "-f",
        file);
  }

  private static byte[] random(int seed) {
    byte[] data = new byte[SIZE];
    new Random(seed).nextBytes(data);
    return data;
  }

  private static String digest(byte[] data) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
  }
}
