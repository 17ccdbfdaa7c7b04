package dev.sluice.cluster.owner;

import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.StreamExport;
import java.time.Duration;
import java.util.Optional;

/** Writes the last status of exports when this process stops. */
public final class ShutdownReport {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int ATTEMPTS = 3;

  private final ResourceClient resources;
  private final OwnedExports ownedExports;
  private final StreamExportReconciler reconciler;
  private final OwnLease lease;

  public ShutdownReport(
      ResourceClient resources,
      OwnedExports ownedExports,
      StreamExportReconciler reconciler,
      OwnLease lease) {
    this.resources = resources;
    this.ownedExports = ownedExports;
    this.reconciler = reconciler;
    this.lease = lease;
  }

  /**
   * Writes how each export has ended, for at most five seconds. A failure does not keep it from the
   * other exports.
   *
   * @throws RuntimeException the last failure, after every export was tried
   */
  public void say() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    RuntimeException failure = null;
    for (OwnedExport owned : ownedExports.all()) {
      try {
        say(owned, deadline);
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void say(OwnedExport owned, long deadline) {
    for (int attempt = 0; attempt < ATTEMPTS && System.nanoTime() < deadline; attempt++) {
      Optional<StreamExport> now = resources.now(owned.export().name(), owned.uid());
      if (now.isEmpty()
          || now.get().known().isFinal()
          || !lease.isOf(now.get().known().owner())
          || reconciler.step(now.get()).isEmpty()) {
        return;
      }
    }
  }
}
