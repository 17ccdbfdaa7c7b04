package dev.sluice.cluster.owner;

import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.member.Placements;
import dev.sluice.cluster.resource.ResourceCache;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.ResourceWaiters;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.export.ExportRegistry;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reconciles one resource: claims it, makes its export, and writes its status.
 * docs/decisions/one-owner.md has the states. It is called for one resource on one thread at a
 * time. The version that it gets may be outdated, so it writes only by {@link ResourceClient}.
 */
public final class StreamExportReconciler implements Reconciler<StreamExport> {

  private final ExportRegistry registry;
  private final OwnedExports ownedExports;
  private final ResourceClient resources;
  private final StatusBuilder statusBuilder;
  private final OwnLease lease;
  private final Placements placing;
  private final WriteThrottle throttle;
  private final StatusReporter reporter;
  private final OwnedExportMaker maker;
  private final String namespace;
  private final ResourceWaiters waiters;
  private final ResourceCache known;
  private final ClusterSignals signals;
  private final FailureLog failureLog;
  private volatile @Nullable ExportEventSource changes;

  public StreamExportReconciler(
      ExportRegistry registry,
      OwnedExports ownedExports,
      SpecApplier applier,
      ResourceClient resources,
      StatusBuilder statusBuilder,
      OwnLease lease,
      Placements placing,
      WriteThrottle throttle,
      ResourceWaiters waiters,
      ResourceCache known,
      String namespace,
      ClusterSignals signals,
      FailureLog failureLog) {
    this.registry = registry;
    this.ownedExports = ownedExports;
    this.resources = resources;
    this.statusBuilder = statusBuilder;
    this.lease = lease;
    this.placing = placing;
    this.throttle = throttle;
    this.reporter =
        new StatusReporter(
            registry, ownedExports, applier, resources, statusBuilder, lease, throttle);
    this.maker =
        new OwnedExportMaker(
            ownedExports, applier, resources, statusBuilder, lease, throttle, reporter);
    this.waiters = waiters;
    this.known = known;
    this.namespace = namespace;
    this.signals = signals;
    this.failureLog = failureLog;
  }

  @Override
  public List<EventSource<?, StreamExport>> prepareEventSources(
      EventSourceContext<StreamExport> context) {
    known.areIn(context.getPrimaryCache());
    ExportEventSource source = new ExportEventSource(registry.changes(), ownedExports, namespace);
    changes = source;
    return List.of(source);
  }

  /** Returns the cache of all resources. */
  ResourceCache known() {
    return known;
  }

  /** Triggers a reconciliation of the resource of this name. */
  public void look(String name) {
    ExportEventSource source = changes;
    if (source != null) {
      source.tell(name);
    }
  }

  @Override
  public UpdateControl<StreamExport> reconcile(
      StreamExport resource, Context<StreamExport> context) {
    known.changed(resource.name());
    waiters.tell();
    if (context.isPrimaryResourceDeleted()) {
      ownedExports.drop(resource);
      throttle.forget(resource.uid());
      return UpdateControl.noUpdate();
    }
    try {
      return step(resource)
          .map(UpdateControl.<StreamExport>noUpdate()::rescheduleAfter)
          .orElseGet(UpdateControl::noUpdate);
    } catch (RuntimeException e) {
      failureLog.about(
          "What becomes of the export %s cannot be told now".formatted(resource.name()), e);
      throw e; // so that it is looked at again, and later each time
    }
  }

  /** Does the next step. Returns when to reconcile again, if nothing triggers that before. */
  Optional<Duration> step(StreamExport resource) {
    try {
      return act(resource);
    } catch (KubernetesClientException e) {
      throwUnlessOutdated(e);
    }
    boolean urgent =
        ownedExports.of(resource).filter(owned -> owned.isUrgent(resource)).isPresent();
    return urgent ? stepNow(resource) : Optional.of(throttle.retry());
  }

  private void throwUnlessOutdated(KubernetesClientException e) {
    signals.failed(e.getCode());
    if (!ResourceClient.isOutdated(e)) {
      throw e;
    }
  }

  private Optional<Duration> stepNow(StreamExport old) {
    try {
      Optional<StreamExport> now = resources.now(old.name(), old.uid());
      if (now.isPresent()) {
        return act(now.get());
      }
      ownedExports.drop(old);
    } catch (KubernetesClientException e) {
      throwUnlessOutdated(e);
    }
    return Optional.of(throttle.retry());
  }

  private Optional<Duration> act(StreamExport resource) {
    ownedExports.dropOlder(resource);
    Owner owner = resource.known().owner();
    if (resource.isBeingDeleted()) {
      return letGo(resource, owner);
    }
    if (resource.known().isFinal()) {
      return letKnown(resource, owner);
    }
    if (owner == null) {
      return claim(resource);
    }
    return lease.isOf(owner) ? tend(resource) : leaveTo(resource);
  }

  /** Releases a resource that is being deleted, if this pod owns it or nobody does. */
  private Optional<Duration> letGo(StreamExport resource, @Nullable Owner owner) {
    if (owner == null || lease.isOf(owner)) {
      ownedExports.drop(resource);
      resources.removeFinalizer(resource);
    }
    return Optional.empty(); // otherwise its owner does, or the janitor
  }

  /** Releases a resource whose final status is written. */
  private Optional<Duration> letKnown(StreamExport resource, @Nullable Owner owner) {
    if (lease.isOf(owner)) {
      resources.removeFinalizer(resource);
    }
    return Optional.empty();
  }

  private Optional<Duration> claim(StreamExport resource) {
    if (ownedExports.of(resource).isPresent()) {
      return leaveTo(resource);
    }
    if (lease.room() == 0 || !lease.isValid() || !placing.isForMe(resource)) {
      sayIfNobodyHasRoom(resource);
      return Optional.of(throttle.look());
    }
    if (resource.isCancelled()) {
      resources.release(resource, statusBuilder.cancelled(resource));
      return Optional.empty();
    }
    StreamExport kept = resources.addFinalizer(resource);
    return maker.make(
        resources.write(kept, StreamExportStatus.ownedBy(lease.owner(), kept.known())));
  }

  private void sayIfNobodyHasRoom(StreamExport resource) {
    StreamExportStatus now = statusBuilder.withoutRoom(resource);
    if (lease.isValid()
        && placing.isToSayThatNobodyHasRoomFor(resource)
        && !now.equals(resource.known())) {
      resources.write(resource, now);
      resources.tell(
          resource,
          lease.owner().pod(),
          false,
          StatusBuilder.NO_ROOM,
          StatusBuilder.WAITS_FOR_ROOM);
    }
  }

  /** Takes care of a resource that this pod owns. */
  private Optional<Duration> tend(StreamExport resource) {
    Optional<OwnedExport> owned = ownedExports.of(resource);
    if (owned.isPresent()) {
      return reporter.tell(resource, owned.get());
    }
    if (resource.known().startTime() != null) {
      resources.release(resource, statusBuilder.lostByOwner(resource));
      return Optional.empty();
    }
    // What is known may be old, or be judged at this moment: so it is taken once more.
    return lease.isValid()
        ? maker.make(resources.write(resource, statusBuilder.takenAgain(resource)))
        : Optional.of(throttle.look());
  }

  /** Ends what is left here of a resource that this pod no longer owns. */
  private Optional<Duration> leaveTo(StreamExport resource) {
    if (ownedExports.of(resource).isPresent()) {
      Optional<StreamExport> now =
          resources.now(resource.name(), resource.uid()); // since this may be an old version
      if (now.isEmpty() || !lease.isOf(now.get().known().owner())) {
        ownedExports.drop(resource);
        return Optional.of(throttle.retry()); // nobody may have it now
      }
    }
    return Optional.empty();
  }
}
