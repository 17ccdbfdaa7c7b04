package dev.sluice.cluster.owner;

import dev.sluice.cluster.resource.StreamExport;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Looks after what no event tells of. Used by one timer. */
public final class Upkeep {

  private final Supplier<List<StreamExport>> known;
  private final Predicate<StreamExport> isOwn;
  private final Holdings holdings;
  private final Pace pace;
  private final Consumer<String> look;

  /**
   * Looks after the exports of this pod.
   *
   * @param isOwn whether this process is the owner of one
   * @param look has the resource of a name looked at
   */
  public Upkeep(
      Supplier<List<StreamExport>> known,
      Predicate<StreamExport> isOwn,
      Holdings holdings,
      Pace pace,
      Consumer<String> look) {
    this.known = known;
    this.holdings = holdings;
    this.isOwn = isOwn;
    this.pace = pace;
    this.look = look;
  }

  /** Has all of them looked at. */
  public void lookAtAll() {
    known.get().forEach(resource -> look.accept(resource.name()));
  }

  /**
   * Has those looked at that this pod should have, and has not. Nobody may have told of a resource
   * that was made again under a name while the deletion of the one before was seen.
   */
  public void lookAtMissing() {
    known.get().stream().filter(this::isMissing).forEach(resource -> look.accept(resource.name()));
  }

  private boolean isMissing(StreamExport resource) {
    boolean lacking =
        isOwn.test(resource) && !resource.known().isFinal() && holdings.of(resource).isEmpty();
    return lacking || resource.wantsOwner();
  }

  /** Forgets what was known of resources that are gone, if nobody has told so. */
  public void forgetGone() {
    Set<String> there = new HashSet<>();
    known.get().forEach(resource -> there.add(resource.uid()));
    holdings.all().forEach(held -> there.add(held.uid()));
    pace.forgetAllBut(there);
  }
}
