package dev.sluice.cluster.owner;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.Conditions;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.export.ExportException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the export of a resource that this pod has just taken; or says why there can be none. */
final class OwnedExportMaker {

  private final OwnedExports ownedExports;
  private final SpecApplier applier;
  private final ResourceClient resources;
  private final StatusBuilder statusBuilder;
  private final OwnLease lease;
  private final WriteThrottle throttle;
  private final StatusReporter reporter;

  OwnedExportMaker(
      OwnedExports ownedExports,
      SpecApplier applier,
      ResourceClient resources,
      StatusBuilder statusBuilder,
      OwnLease lease,
      WriteThrottle throttle,
      StatusReporter reporter) {
    this.ownedExports = ownedExports;
    this.applier = applier;
    this.resources = resources;
    this.statusBuilder = statusBuilder;
    this.lease = lease;
    this.throttle = throttle;
    this.reporter = reporter;
  }

  /** Makes it, and tells of it; returns when to look again. */
  Optional<Duration> make(StreamExport resource) {
    OwnedExport made;
    try {
      made = applier.make(resource, lease::isValid);
    } catch (ProblemException e) {
      return refuse(resource, e.type(), e.getMessage());
    } catch (ExportException e) {
      return switch (e.reason()) {
        case FULL, STOPPING, UNAVAILABLE, NO_SPACE -> giveBack(resource, e.getMessage());
        case INVALID, UNKNOWN, CONFLICT, STATE ->
            refuse(resource, ProblemType.of(e.reason()), e.getMessage());
      };
    }
    ownedExports.add(made);
    if (!lease.isValid()) { // it ran out meanwhile
      ownedExports.drop(resource);
      return Optional.of(throttle.look());
    }
    return reporter.tell(resource, made);
  }

  private Optional<Duration> refuse(StreamExport resource, ProblemType type, @Nullable String why) {
    String text = String.valueOf(why);
    resources.release(resource, statusBuilder.refused(resource, type.reason(), text));
    resources.tell(resource, lease.owner().pod(), false, Conditions.REFUSED, text);
    return Optional.empty();
  }

  /** Releases an export that this pod has no room for, so that another one may claim it. */
  private Optional<Duration> giveBack(StreamExport resource, @Nullable String why) {
    lease.pause();
    resources.release(resource, statusBuilder.released(resource, String.valueOf(why)));
    return Optional.of(throttle.look());
  }
}
