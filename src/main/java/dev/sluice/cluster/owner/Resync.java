package dev.sluice.cluster.owner;

import dev.sluice.cluster.resource.StreamExport;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Finds what no event reports. Used by one timer. */
public final class Resync {

  private final Supplier<List<StreamExport>> known;
  private final Predicate<StreamExport> isOwn;
  private final OwnedExports ownedExports;
  private final WriteThrottle throttle;
  private final Consumer<String> look;

  /**
   * Creates an instance.
   *
   * @param known returns all known resources
   * @param isOwn whether this process is the owner of a resource
   * @param look triggers the reconciler for the resource of a name
   */
  public Resync(
      Supplier<List<StreamExport>> known,
      Predicate<StreamExport> isOwn,
      OwnedExports ownedExports,
      WriteThrottle throttle,
      Consumer<String> look) {
    this.known = known;
    this.ownedExports = ownedExports;
    this.isOwn = isOwn;
    this.throttle = throttle;
    this.look = look;
  }

  /** Triggers the reconciler for all resources. */
  public void lookAtAll() {
    known.get().forEach(resource -> look.accept(resource.name()));
  }

  /**
   * Triggers the reconciler for resources without an export or an owner. There may have been no
   * event for a resource that was created while the deletion of one with the same name was handled.
   */
  public void lookAtMissing() {
    known.get().stream().filter(this::isMissing).forEach(resource -> look.accept(resource.name()));
  }

  private boolean isMissing(StreamExport resource) {
    boolean lacking =
        isOwn.test(resource) && !resource.known().isFinal() && ownedExports.of(resource).isEmpty();
    return lacking || resource.wantsOwner();
  }

  /** Forgets resources that are gone, in case there was no event. */
  public void forgetGone() {
    Set<String> there = new HashSet<>();
    known.get().forEach(resource -> there.add(resource.uid()));
    ownedExports.all().forEach(owned -> there.add(owned.uid()));
    throttle.forgetAllBut(there);
  }
}
