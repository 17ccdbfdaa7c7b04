package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RelayingProxy;
import org.junit.jupiter.api.Test;

/**
 * A pod whose connections to the API server are lost without a word, as when a machine of that
 * server goes, while new connections lead to another one.
 */
class SilentConnectionsIT {

  @Test
  void aPodFindsOutAndGoesOn() throws Exception {
    KubernetesApi.require();
    try (ClusterRig rig = new ClusterRig()) {
      RelayingProxy proxy = rig.proxy();
      OwnService pod = rig.podBehind(proxy, "sluice-0");
      rig.ask("before", "direction: read, peer: http, size: 1M");
      rig.awaitPhase("before", "WAITING");

      proxy.silence();

      await()
          .atMost(ClusterRig.SOON)
          .until(() -> pod.scrape().sum("sluice_cluster_lease_valid"), valid -> valid == 1);
      rig.ask("after", "direction: read, peer: http, size: 1M");
      rig.awaitPhase("after", "WAITING");
      rig.kubectl("delete", "sx", "before", "--timeout=20s");
      assertThat(ClusterRig.on(pod)).containsExactly("after");
    }
  }
}
