package dev.sluice.management;

import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.cluster.member.ClusterSignals;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Up while this process has a valid Lease. It is in no health group: streams go on without the API
 * server, so clients still have to reach this pod. Details: its namespace and name, how many
 * processes and exports without an owner it knows, and why it is cut off.
 */
@Component("cluster")
@ConditionalOnBooleanProperty("sluice.kubernetes.enabled")
class ClusterHealthIndicator implements HealthIndicator {

  private final ClusterSignals signals;
  private final KubernetesProperties properties;

  ClusterHealthIndicator(ClusterSignals signals, KubernetesProperties properties) {
    this.signals = signals;
    this.properties = properties;
  }

  @Override
  public Health health() {
    Health.Builder health = signals.isLeaseValid() ? Health.up() : Health.outOfService();
    if (!signals.isLeaseValid()) {
      health.withDetail(
          "reason", signals.trouble().orElse("this pod has given no sign of life yet"));
    }
    return health
        .withDetail("namespace", properties.namespace())
        .withDetail("pod", properties.pod())
        .withDetail("members", signals.members())
        .withDetail("exportsWithoutOwner", signals.exportsWithoutOwner())
        .build();
  }
}
