package dev.sluice.cluster;

import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.owner.Resync;
import dev.sluice.cluster.owner.WriteThrottle;
import dev.sluice.cluster.resource.StreamExport;
import java.util.List;

/**
 * What a pod looks after again and again. It may take long, as when a pod is lost that had a
 * thousand exports, and signs of life do not wait for it.
 */
final class Housekeeping {

  private final Janitor janitor;
  private final WriteThrottle throttle;
  private final Resync resync;
  private final Members members;

  /** One timer writes it, and another one reads it. */
  private volatile List<StreamExport> all = List.of();

  Housekeeping(Janitor janitor, WriteThrottle throttle, Resync resync, Members members) {
    this.janitor = janitor;
    this.throttle = throttle;
    this.resync = resync;
    this.members = members;
  }

  /** These were all resources before the Leases were read: the others are not judged by those. */
  void areFor(List<StreamExport> before) {
    all = before;
  }

  /** Does what there is to do now. */
  void work() {
    List<StreamExport> now = all;
    throttle.shareAmong(now.stream().filter(StreamExport::isMoving).count(), members.live());
    janitor.work(now);
    resync.forgetGone();
    resync.lookAtMissing();
  }
}
