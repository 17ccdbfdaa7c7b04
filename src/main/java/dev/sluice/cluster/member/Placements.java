package dev.sluice.cluster.member;

import dev.sluice.cluster.member.Placement.Pod;
import dev.sluice.cluster.member.Placement.Waiting;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Tells which unowned exports this pod is to claim, by all known Leases and resources. Its monitor
 * guards the plan, which is made anew when it is old.
 */
public final class Placements {

  /** How many exports are placed at a time, those that have waited longest first. */
  private static final int MOST = 1_000;

  private static final int PLANS_WITHIN_LEASE = 90;

  /**
   * A result.
   *
   * @param waiting the UIDs of all waiting exports
   * @param considered the UIDs of those that were to be placed
   * @param leases the Lease of the pod for each export that was placed, by its UID
   */
  private record Plan(
      long madeAt, Set<String> waiting, Set<String> considered, Map<String, String> leases) {}

  private final Members members;
  private final Owner self;
  private final Supplier<List<StreamExport>> known;
  private final ToLongFunction<StreamExport> windows;
  private final LongSupplier nanos;
  private final long goodFor;
  private Plan plan;

  /**
   * Creates an instance without a plan.
   *
   * @param windows the most memory that the windows of an export take, in bytes
   */
  public Placements(
      Members members,
      Owner self,
      Supplier<List<StreamExport>> known,
      ToLongFunction<StreamExport> windows,
      LongSupplier nanos) {
    this.members = members;
    this.self = self;
    this.known = known;
    this.windows = windows;
    this.nanos = nanos;
    this.goodFor = members.duration().toNanos() / PLANS_WITHIN_LEASE;
    this.plan = new Plan(nanos.getAsLong(), Set.of(), Set.of(), Map.of());
  }

  /** Returns whether this pod is to claim a resource without an owner. */
  public boolean isForMe(StreamExport resource) {
    String pod = resource.wantedPod();
    return pod == null
        ? self.lease().equals(planFor(resource).leases().get(resource.uid()))
        : pod.equals(self.pod());
  }

  /** Returns whether no pod has room for a resource, and this one, the janitor, has to say so. */
  public boolean isToSayThatNobodyHasRoomFor(StreamExport resource) {
    if (resource.wantedPod() != null || !members.isJanitor(self.lease())) {
      return false;
    }
    Plan now = planFor(resource);
    return now.considered().contains(resource.uid()) && !now.leases().containsKey(resource.uid());
  }

  private synchronized Plan planFor(StreamExport resource) {
    long now = nanos.getAsLong();
    if (now - plan.madeAt() >= goodFor || !plan.waiting().contains(resource.uid())) {
      plan = made(now);
    }
    return plan;
  }

  private Plan made(long now) {
    List<StreamExport> resources = known.get();
    List<StreamExport> all =
        resources.stream()
            .filter(Placements::isAnybodys)
            .sorted(Comparator.comparing(StreamExport::createdAt).thenComparing(StreamExport::uid))
            .toList();
    List<Waiting> waiting =
        all.stream()
            .limit(MOST)
            .map(resource -> new Waiting(resource.uid(), windows.applyAsLong(resource)))
            .toList();
    return new Plan(
        now,
        all.stream().map(StreamExport::uid).collect(Collectors.toSet()),
        waiting.stream().map(Waiting::uid).collect(Collectors.toSet()),
        Placement.of(pods(resources), waiting));
  }

  private List<Pod> pods(List<StreamExport> resources) {
    Map<String, Integer> exports = new HashMap<>();
    Map<String, Long> promised = new HashMap<>();
    for (StreamExport resource : resources) {
      Owner owner = resource.known().owner();
      if (owner != null && !resource.known().isFinal()) {
        boolean begun = resource.known().startTime() != null;
        exports.merge(owner.lease(), 1, Integer::sum);
        promised.merge(owner.lease(), begun ? 0 : windows.applyAsLong(resource), Long::sum);
      }
    }
    List<Pod> pods = new ArrayList<>();
    members
        .places()
        .forEach(
            (name, place) ->
                pods.add(
                    new Pod(
                        name,
                        place.room(),
                        place.load(),
                        exports.getOrDefault(name, 0),
                        promised.getOrDefault(name, 0L))));
    return pods;
  }

  private static boolean isAnybodys(StreamExport resource) {
    return resource.wantsOwner() && resource.wantedPod() == null;
  }
}
