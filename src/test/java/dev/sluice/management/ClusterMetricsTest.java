package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.LonelyPod;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import io.micrometer.core.instrument.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.Status;

/** What Prometheus sees of a pod among several. */
@Slow("Starts a service.")
@Timeout(60)
class ClusterMetricsTest {

  @Test
  void aPodWhoseApiServerIsNowhereSaysSo() {
    try (OwnService lonely = OwnService.with(LonelyPod.properties())) {
      await()
          .until(
              () ->
                  lonely.scrape().sum("sluice_cluster_failures_total", "reason", "unreachable")
                      > 0);

      assertThat(lonely.scrape().sum("sluice_cluster_lease_valid")).isZero();
      assertThat(lonely.scrape().sum("sluice_cluster_members")).isZero();
      assertThat(lonely.bean(ClusterHealthIndicator.class).health().getStatus())
          .isEqualTo(Status.OUT_OF_SERVICE);
      assertThat(lonely.api().statusOf("/readyz")).isEqualTo(200);
      assertThat(MetricsTest.ours(lonely))
          .flatExtracting(meter -> meter.getId().getTags())
          .allSatisfy(tag -> MetricsTest.assertKnown((Tag) tag));
    }
  }
}
