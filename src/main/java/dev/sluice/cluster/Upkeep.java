package dev.sluice.cluster;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Looks after what no event tells of. Used by one timer. */
final class Upkeep {

  private final KnownResources known;
  private final Holdings holdings;
  private final OwnLease lease;
  private final Pace pace;
  private final Consumer<String> look;

  /**
   * Looks after the exports of this pod.
   *
   * @param look has the resource of a name looked at
   */
  Upkeep(
      KnownResources known, Holdings holdings, OwnLease lease, Pace pace, Consumer<String> look) {
    this.known = known;
    this.holdings = holdings;
    this.lease = lease;
    this.pace = pace;
    this.look = look;
  }

  /** Has all of them looked at. */
  void lookAtAll() {
    known.all().forEach(resource -> look.accept(resource.name()));
  }

  /**
   * Has those looked at that this pod should have, and has not. Nobody may have told of a resource
   * that was made again under a name while the deletion of the one before was seen.
   */
  void lookAtMissing() {
    known.all().stream().filter(this::isMissing).forEach(resource -> look.accept(resource.name()));
  }

  private boolean isMissing(StreamExport resource) {
    StreamExportStatus status = resource.known();
    boolean lacking =
        lease.isOf(status.owner()) && !status.isFinal() && holdings.of(resource).isEmpty();
    return lacking || resource.wantsOwner();
  }

  /** Forgets what was known of resources that are gone, if nobody has told so. */
  void forgetGone() {
    Set<String> there = new HashSet<>();
    known.all().forEach(resource -> there.add(resource.uid()));
    holdings.all().forEach(held -> there.add(held.uid()));
    pace.forgetAllBut(there);
  }
}
