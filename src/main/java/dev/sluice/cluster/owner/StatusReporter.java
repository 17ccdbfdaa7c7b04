package dev.sluice.cluster.owner;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.ExportEvent;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies the spec of a resource to its export on this pod, and writes the status. */
final class StatusReporter {

  private static final Logger log = LoggerFactory.getLogger(StatusReporter.class);

  private final ExportRegistry registry;
  private final OwnedExports ownedExports;
  private final SpecApplier applier;
  private final ResourceClient resources;
  private final StatusBuilder statusBuilder;
  private final OwnLease lease;
  private final WriteThrottle throttle;

  StatusReporter(
      ExportRegistry registry,
      OwnedExports ownedExports,
      SpecApplier applier,
      ResourceClient resources,
      StatusBuilder statusBuilder,
      OwnLease lease,
      WriteThrottle throttle) {
    this.registry = registry;
    this.ownedExports = ownedExports;
    this.applier = applier;
    this.resources = resources;
    this.statusBuilder = statusBuilder;
    this.lease = lease;
    this.throttle = throttle;
  }

  /** Applies changes of the spec, and writes the status; returns when to reconcile again. */
  Optional<Duration> tell(StreamExport resource, OwnedExport owned) {
    follow(resource, owned);
    Optional<StreamStatus> stream = owned.export().statusNow();
    boolean withdrawn = ownedExports.of(resource).filter(owned::equals).isEmpty();
    if (stream.isEmpty() || withdrawn) {
      return Optional.of(
          throttle.retry()); // the end is not on disk yet, or is not that of the export
    }
    if (resource.known().startTime() != null) {
      ownedExports.noteBegun(resource.uid()); // the answer to its write may have been lost
    }
    if (owned.gate().isRefused()) {
      ownedExports.drop(resource); // whoever may, makes it again
      return Optional.of(throttle.retry());
    }
    if (wasStopped(stream.get()) && resource.mayBePlacedAnew()) {
      resources.release(resource, statusBuilder.released(resource, "its pod was stopped"));
      ownedExports.drop(resource);
      return Optional.empty();
    }
    StreamExportStatus before = resource.known();
    StreamExportStatus now = statusBuilder.of(resource, owned, stream.get());
    if (now.equals(before)) {
      return again(now);
    }
    Duration wait = throttle.untilWrite(resource.uid(), before, now);
    if (wait.isPositive()) {
      return Optional.of(wait);
    }
    if (now.isFinal()) {
      resources.release(resource, now);
    } else {
      resources.write(resource, now);
    }
    throttle.wrote(resource.uid());
    if (now.startTime() != null) {
      ownedExports.noteBegun(resource.uid());
    }
    announce(resource, before, now);
    return again(now);
  }

  private void follow(StreamExport resource, OwnedExport owned) {
    if (owned.export().stream().status().state().ended()) {
      return;
    }
    if (resource.isCancelled()) {
      owned.export().stream().cancel();
      return;
    }
    try {
      applier.follow(resource, owned);
    } catch (ProblemException | ExportException e) {
      log.warn("Export {} cannot be changed: {}", resource.name(), e.getMessage());
    }
  }

  /** Returns whether the stop of this service has ended the stream before it began. */
  private boolean wasStopped(StreamStatus stream) {
    return registry.isStopping()
        && stream.startedAt() == null
        && stream.state() != StreamState.CANCELLED
        && (stream.state() == StreamState.FAILED || !registry.isRunning());
  }

  private Optional<Duration> again(StreamExportStatus now) {
    return now.isFinal()
        ? Optional.empty()
        : Optional.of(now.phase() == StreamState.STREAMING ? throttle.progress() : throttle.look());
  }

  private void announce(StreamExport resource, StreamExportStatus before, StreamExportStatus now) {
    for (ExportEvent one : ExportEvent.between(before, now)) {
      if (!one.mayRecur() || throttle.mayAnnounce(resource.uid())) {
        resources.tell(resource, lease.owner().pod(), one.normal(), one.reason(), one.message());
      }
    }
  }
}
