package dev.sluice.cluster.owner;

import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.Resources;
import dev.sluice.cluster.resource.StreamExport;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;

/** Writes the last status of exports when this process stops. */
public final class LastWords {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int ATTEMPTS = 3;

  private final Resources resources;
  private final Holdings holdings;
  private final StreamExportReconciler reconciler;
  private final OwnLease lease;

  public LastWords(
      Resources resources, Holdings holdings, StreamExportReconciler reconciler, OwnLease lease) {
    this.resources = resources;
    this.holdings = holdings;
    this.reconciler = reconciler;
    this.lease = lease;
  }

  /**
   * Writes how each export has ended, for at most five seconds.
   *
   * @throws KubernetesClientException if the API server cannot be reached
   */
  public void say() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    for (Held held : holdings.all()) {
      for (int attempt = 0; attempt < ATTEMPTS && System.nanoTime() < deadline; attempt++) {
        Optional<StreamExport> now = resources.now(held.export().name(), held.uid());
        if (now.isEmpty()
            || now.get().known().isFinal()
            || !lease.isOf(now.get().known().owner())
            || reconciler.step(now.get()).isEmpty()) {
          break;
        }
      }
    }
  }
}
