package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RelayingProxy;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A pod that is lost with so many exports that judging them takes longer than a Lease. */
class ManyLostIT {

  private static final int MANY = 150;
  private static final String LEASE = "sluice.kubernetes.lease-duration=1s";

  @Test
  void theJanitorKeepsItsOwnLeaseMeanwhile() throws Exception {
    KubernetesApi.require();
    try (ClusterRig rig = new ClusterRig()) {
      RelayingProxy proxy = rig.proxy();
      OwnService _ = rig.podBehind(proxy, "sluice-0", LEASE, "sluice.exports.max=200");
      OwnService janitor = rig.pod("sluice-1", LEASE);
      rig.ask("own", "direction: read, peer: http, size: 1M, pod: sluice-1");
      rig.awaitPhase("own", "WAITING");
      String all =
          IntStream.range(0, MANY)
              .mapToObj(
                  i ->
                      ClusterRig.resource(
                          "lost-" + i,
                          "direction: read, peer: http, size: 1M, pod: sluice-0, restartPolicy:"
                              + " Never"))
              .collect(Collectors.joining("---\n"));
      rig.api.apply(rig.namespace, all).assertSucceeded();
      await().atMost(ClusterRig.SOON).until(() -> count(rig, "WAITING") == MANY + 1);

      proxy.cut();

      await().atMost(ClusterRig.SOON).until(() -> count(rig, "FAILED") == MANY);
      assertThat(janitor.scrape().sum("sluice_cluster_exports_withdrawn_total")).isZero();
      assertThat(ClusterRig.on(janitor)).isEqualTo(List.of("own"));
    }
  }

  private static long count(ClusterRig rig, String phase) {
    return rig.phases().stream().filter(phase::equals).count();
  }
}
