package dev.sluice.cluster.owner;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.Happening;
import dev.sluice.cluster.resource.Resources;
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
final class Report {

  private static final Logger log = LoggerFactory.getLogger(Report.class);

  private final ExportRegistry registry;
  private final Holdings holdings;
  private final Wanted wanted;
  private final Resources resources;
  private final Mirror mirror;
  private final OwnLease lease;
  private final Pace pace;

  Report(
      ExportRegistry registry,
      Holdings holdings,
      Wanted wanted,
      Resources resources,
      Mirror mirror,
      OwnLease lease,
      Pace pace) {
    this.registry = registry;
    this.holdings = holdings;
    this.wanted = wanted;
    this.resources = resources;
    this.mirror = mirror;
    this.lease = lease;
    this.pace = pace;
  }

  /** Applies changes of the spec, and writes the status; returns when to reconcile again. */
  Optional<Duration> tell(StreamExport resource, Held held) {
    follow(resource, held);
    Optional<StreamStatus> stream = held.export().statusNow();
    boolean withdrawn = holdings.of(resource).filter(held::equals).isEmpty();
    if (stream.isEmpty() || withdrawn) {
      return Optional.of(pace.retry()); // the end is not on disk yet, or is not that of the export
    }
    if (wasStopped(stream.get()) && resource.mayBePlacedAnew()) {
      resources.release(resource, mirror.released(resource, "its pod was stopped"));
      holdings.drop(resource);
      return Optional.empty();
    }
    StreamExportStatus before = resource.known();
    StreamExportStatus now = mirror.of(resource, held, stream.get());
    if (now.equals(before)) {
      return again(now);
    }
    Duration wait = pace.untilWrite(resource.uid(), before, now);
    if (wait.isPositive()) {
      return Optional.of(wait);
    }
    if (now.isFinal()) {
      resources.release(resource, now);
    } else {
      resources.write(resource, now);
    }
    pace.wrote(resource.uid());
    if (now.startTime() != null) {
      holdings.noteBegun(resource.uid());
    }
    announce(resource, before, now);
    return again(now);
  }

  private void follow(StreamExport resource, Held held) {
    if (held.export().stream().status().state().ended()) {
      return;
    }
    if (resource.isCancelled()) {
      held.export().stream().cancel();
      return;
    }
    try {
      wanted.follow(resource, held);
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
        : Optional.of(now.phase() == StreamState.STREAMING ? pace.progress() : pace.look());
  }

  private void announce(StreamExport resource, StreamExportStatus before, StreamExportStatus now) {
    for (Happening one : Happening.between(before, now)) {
      if (!one.mayRecur() || pace.mayAnnounce(resource.uid())) {
        resources.tell(resource, lease.owner().pod(), one.normal(), one.reason(), one.message());
      }
    }
  }
}
