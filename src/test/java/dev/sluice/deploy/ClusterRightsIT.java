package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.FreePort;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the chart permits a pod to do in a real API server is enough, and is no more. */
class ClusterRightsIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String POD = "system:serviceaccount:%s:demo-sluice";

  @Test
  void aPodLivesWithTheRightsThatTheChartGivesIt() throws Exception {
    KubernetesApi.require();
    KubernetesApi api = KubernetesApi.shared();
    String namespace = api.newNamespace();
    Chart chart = Chart.render("{cluster: {enabled: true}}");
    Role role = chart.only(Role.class, "demo-sluice");
    role.getMetadata().setNamespace(namespace);
    api.apply(namespace, new KubernetesSerialization().asJson(role)).assertSucceeded();
    String user = POD.formatted(namespace);
    api.kubectl(
            "-n",
            namespace,
            "create",
            "rolebinding",
            "pods",
            "--role=demo-sluice",
            "--serviceaccount=" + namespace + ":demo-sluice")
        .assertSucceeded();
    Path config = api.kubeConfig(user);
    int port = FreePort.any();
    try (OwnService pod =
        OwnService.with(
            "sluice.exports.store=none",
            "sluice.exports.drain-linger=0s",
            "sluice.kubernetes.enabled=true",
            "sluice.kubernetes.namespace=" + namespace,
            "sluice.kubernetes.pod=demo-sluice-0",
            "sluice.kubernetes.lease-duration=3s",
            "sluice.kubernetes.status-interval=200ms",
            "server.port=" + port,
            "sluice.kubernetes.api-url=http://127.0.0.1:" + port,
            "sluice.kubernetes.kubeconfig=" + config)) {
      Path pipe = pod.root().resolve("save");
      api.apply(
              namespace,
              """
              apiVersion: sluice.dev/v1alpha1
              kind: StreamExport
              metadata: {name: save}
              spec: {direction: write, size: 1048576, path: %s, ttlSecondsAfterFinished: 1}
              """
                  .formatted(pipe))
          .assertSucceeded();
      api.kubectl("-n", namespace, "wait", "sx/save", "--for=condition=Ready", "--timeout=40s")
          .assertSucceeded();
      CompletableFuture<byte[]> peer = pod.peerReads("save");
      try (RawNbdClient client = pod.connect()) {
        client.go("save");
        client.write(0, new byte[524288]);
        await()
            .atMost(SOON)
            .until(
                () ->
                    api.kubectl("-n", namespace, "get", "sx", "save")
                        .output()
                        .contains("STREAMING"));
        client.write(524288, new byte[524288]);
        client.disconnect();
      }
      assertThat(peer.get()).hasSize(1048576);
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> api.kubectl("-n", namespace, "get", "sx", "save").exitCode() != 0);
      pod.api().createForHttp("rest", "read", 4096L, Map.of());
      pod.api().patch("rest", Map.of("rateLimit", 4096));
      assertThat(api.kubectl("-n", namespace, "get", "sx", "rest", "-o", "yaml").output())
          .contains("rateLimit: 4096");
      assertThat(pod.api().delete("rest", /* force= */ false)).isEqualTo(204);
      api.kubectl("-n", namespace, "wait", "--for=delete", "sx/rest", "--timeout=30s");
      assertThat(api.kubectl("-n", namespace, "get", "sx", "rest").exitCode()).isNotZero();
      await()
          .atMost(SOON)
          .until(
              () -> api.kubectl("-n", namespace, "get", "events").output(),
              told -> told.contains("Started") && told.contains("Completed"));
    }
    assertThat(api.kubectl("-n", namespace, "get", "leases", "-o", "name").output()).isBlank();
    for (String right : new String[] {"get secrets", "get pods", "patch streamexports"}) {
      assertThat(can(api, namespace, user, right)).as(right).isFalse();
    }
    assertThat(can(api, "default", user, "get streamexports")).isFalse();
    assertThat(can(api, namespace, user, "get streamexports")).isTrue();
  }

  @Test
  void aTenantMakesExportsInItsOwnNamespaceAndSeesNoOthers() {
    KubernetesApi.require();
    KubernetesApi api = KubernetesApi.shared();
    String other = api.newNamespace();
    api.kubectl("apply", "-f", example("tenant.yaml")).assertSucceeded();

    for (String right : new String[] {"create", "list", "watch", "patch", "delete"}) {
      String exports = right + " streamexports.sluice.dev";
      assertThat(can(api, "team-a", "alice", exports, "--as-group=team-a")).as(right).isTrue();
      assertThat(can(api, other, "alice", exports, "--as-group=team-a")).as(right).isFalse();
      assertThat(can(api, "team-a", "mallory", exports, "--as-group=team-b")).as(right).isFalse();
    }
    assertThat(
            can(
                api,
                "team-a",
                "alice",
                "update streamexports.sluice.dev",
                "--as-group=team-a",
                "--subresource=status"))
        .isFalse();
  }

  @Test
  void theServerTakesTheExampleOfANetworkPolicy() {
    KubernetesApi.require();
    KubernetesApi api = KubernetesApi.shared();

    api.kubectl("apply", "-f", example("network-policy.yaml")).assertSucceeded();
  }

  private static Path example(String name) {
    return ChartExamplesTest.CLUSTER.resolve(name).toAbsolutePath();
  }

  private static boolean can(
      KubernetesApi api, String namespace, String user, String right, Object... more) {
    String[] words = right.split(" ");
    return api.kubectlCommand("-n", namespace, "--as", user)
            .with(more)
            .with("auth", "can-i", words[0], words[1])
            .run()
            .exitCode()
        == 0;
  }
}
