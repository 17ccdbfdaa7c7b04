package dev.sluice.management;

import dev.sluice.cluster.member.ClusterSignals;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;

/** Meters of this process as a member of a cluster. */
@Component
@ConditionalOnBooleanProperty("sluice.kubernetes.enabled")
final class ClusterMetrics implements MeterBinder {

  private final ClusterSignals signals;

  ClusterMetrics(ClusterSignals signals) {
    this.signals = signals;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("sluice.cluster.lease.valid", signals, now -> now.isLeaseValid() ? 1 : 0)
        .description("1 while no other pod can have taken this one's exports")
        .register(registry);
    Gauge.builder("sluice.cluster.members", signals, ClusterSignals::members)
        .description("Processes that give signs of life, as this pod knows")
        .register(registry);
    Gauge.builder("sluice.cluster.exports.unowned", signals, ClusterSignals::exportsWithoutOwner)
        .description("Exports that no pod has and that have not ended; 0 where the Lease is over")
        .register(registry);
    FunctionCounter.builder("sluice.cluster.exports.withdrawn", signals, ClusterSignals::withdrawn)
        .description("Exports that ended here because the Lease was over")
        .register(registry);
    for (ClusterSignals.Judgement judgement : ClusterSignals.Judgement.values()) {
      FunctionCounter.builder(
              "sluice.cluster.exports.lost", signals, now -> now.judgements(judgement))
          .description("Exports whose pod was lost, counted by the pod that found out")
          .tag("judgement", Tags.of(judgement))
          .register(registry);
    }
    for (ClusterSignals.Failure failure : ClusterSignals.Failure.values()) {
      FunctionCounter.builder("sluice.cluster.failures", signals, now -> now.failures(failure))
          .description("Requests to the API server of Kubernetes that failed")
          .tag("reason", Tags.of(failure))
          .register(registry);
    }
  }
}
