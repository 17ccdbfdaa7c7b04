package dev.sluice.cluster;

import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.owner.Resync;
import dev.sluice.cluster.owner.WriteThrottle;
import dev.sluice.cluster.resource.StreamExport;
import java.util.List;

/**
 * The periodic work of a pod. It may take long, for example when a lost pod had a thousand exports,
 * so renewals of the Lease do not wait for it.
 */
final class Housekeeping {

  private final Janitor janitor;
  private final WriteThrottle throttle;
  private final Resync resync;
  private final Members members;

  /** Written by the timer that renews the Lease, and read by the one that works. */
  private volatile List<StreamExport> all = List.of();

  Housekeeping(Janitor janitor, WriteThrottle throttle, Resync resync, Members members) {
    this.janitor = janitor;
    this.throttle = throttle;
    this.resync = resync;
    this.members = members;
  }

  /**
   * Sets the resources to work on. They must have been read before the Leases, so that a newer
   * version is not judged by an older Lease.
   */
  void areFor(List<StreamExport> before) {
    all = before;
  }

  /** Does one round. */
  void work() {
    List<StreamExport> now = all;
    throttle.shareAmong(now.stream().filter(StreamExport::isMoving).count(), members.live());
    janitor.work(now);
    resync.forgetGone();
    resync.lookAtMissing();
  }
}
