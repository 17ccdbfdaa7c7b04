package dev.sluice.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.ClusterRig;
import dev.sluice.cluster.connection.ApiServer;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.testing.KubernetesApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A process that stood still need not have looked whether its Lease is over, and renews it. */
class LapseIT {

  private static final Duration DURATION = Duration.ofSeconds(9);

  private long now = Duration.ofDays(1).toNanos();
  private Duration takes = Duration.ZERO;
  private final List<Boolean> lapses = new ArrayList<>();

  @Test
  void isToldBeforeTheLeaseIsValidAgain() throws Exception {
    KubernetesApi.require();
    try (ClusterRig rig = new ClusterRig();
        KubernetesClient client =
            ApiServer.client(rig.api.kubeConfig().toString(), rig.namespace, DURATION)) {
      OwnLease lease =
          new OwnLease(
              client,
              new Owner("sluice-0", "uid", "aa"),
              URI.create("http://sluice-0:8080"),
              DURATION,
              () -> 5,
              () -> {
                now += takes.toNanos();
                return Map.of();
              },
              () -> now);
      lease.onLapse(() -> lapses.add(lease.isValid()));
      lease.renew();
      pass(Duration.ofSeconds(5));
      lease.renew();
      assertThat(lapses).isEmpty();

      pass(Duration.ofSeconds(7));
      lease.renew();
      assertThat(lapses).containsExactly(false);
      assertThat(lease.isValid()).isTrue();

      // It was sent in time, and answered after others may have judged.
      pass(Duration.ofSeconds(5));
      takes = Duration.ofSeconds(2);
      lease.renew();
      assertThat(lapses).containsExactly(false, false);
      assertThat(lease.isValid()).isTrue();
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
