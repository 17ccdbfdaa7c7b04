package dev.sluice.cluster.owner;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.Conditions;
import dev.sluice.cluster.resource.KnownResources;
import dev.sluice.cluster.resource.Resources;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.cluster.resource.Watches;
import dev.sluice.export.ExportException;
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
 * What one pod does about one resource: takes it if it is to, makes its export, and tells what
 * becomes of that. docs/decisions/one-owner.md has the states. It is called for one resource on one
 * thread at a time, and what it is given may be old: so it writes only by {@link Resources}.
 */
public final class StreamExportReconciler implements Reconciler<StreamExport> {

  private final ExportRegistry registry;
  private final Holdings holdings;
  private final Wanted wanted;
  private final Resources resources;
  private final Mirror mirror;
  private final OwnLease lease;
  private final Members members;
  private final Pace pace;
  private final Report report;
  private final String namespace;
  private final Watches watches;
  private final KnownResources known;
  private final ClusterSignals signals;
  private volatile @Nullable LocalChanges changes;

  public StreamExportReconciler(
      ExportRegistry registry,
      Holdings holdings,
      Wanted wanted,
      Resources resources,
      Mirror mirror,
      OwnLease lease,
      Members members,
      Pace pace,
      Watches watches,
      KnownResources known,
      String namespace,
      ClusterSignals signals) {
    this.registry = registry;
    this.holdings = holdings;
    this.wanted = wanted;
    this.resources = resources;
    this.mirror = mirror;
    this.lease = lease;
    this.members = members;
    this.pace = pace;
    this.report = new Report(registry, holdings, wanted, resources, mirror, lease, pace);
    this.watches = watches;
    this.known = known;
    this.namespace = namespace;
    this.signals = signals;
  }

  @Override
  public List<EventSource<?, StreamExport>> prepareEventSources(
      EventSourceContext<StreamExport> context) {
    known.areIn(context.getPrimaryCache());
    LocalChanges source = new LocalChanges(registry.changes(), holdings, namespace);
    changes = source;
    return List.of(source);
  }

  /** All resources, as far as they are known. */
  KnownResources known() {
    return known;
  }

  /** Has the resource of a name looked at. */
  public void look(String name) {
    LocalChanges source = changes;
    if (source != null) {
      source.tell(name);
    }
  }

  @Override
  public UpdateControl<StreamExport> reconcile(
      StreamExport resource, Context<StreamExport> context) {
    known.changed(resource.name());
    watches.tell();
    if (context.isPrimaryResourceDeleted()) {
      holdings.drop(resource);
      pace.forget(resource.uid());
      return UpdateControl.noUpdate();
    }
    return step(resource)
        .map(UpdateControl.<StreamExport>noUpdate()::rescheduleAfter)
        .orElseGet(UpdateControl::noUpdate);
  }

  /** Does what there is to do now; returns when to look again if nothing happens before. */
  Optional<Duration> step(StreamExport resource) {
    holdings.dropOlder(resource);
    try {
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
    } catch (KubernetesClientException e) {
      signals.failed(e.getCode());
      if (Resources.isOutdated(e)) {
        return Optional.of(pace.retry()); // the newer version comes by itself, and before that
      }
      throw e;
    }
  }

  /** Somebody deletes it: so does whoever has it, or else anybody. */
  private Optional<Duration> letGo(StreamExport resource, @Nullable Owner owner) {
    if (owner == null || lease.isOf(owner)) {
      holdings.drop(resource);
      resources.removeFinalizer(resource);
    }
    return Optional.empty(); // otherwise its owner does, or the janitor
  }

  /** Its end is known, and nothing has to happen here before it may be deleted. */
  private Optional<Duration> letKnown(StreamExport resource, @Nullable Owner owner) {
    if (lease.isOf(owner)) {
      resources.removeFinalizer(resource);
    }
    return Optional.empty();
  }

  private Optional<Duration> claim(StreamExport resource) {
    if (holdings.of(resource).isPresent()) {
      return leaveTo(resource);
    }
    if (lease.room() == 0 || !lease.isValid() || !isForMe(resource)) {
      return Optional.of(pace.look());
    }
    if (resource.isCancelled()) {
      resources.write(resource, mirror.cancelled(resource));
      return Optional.empty();
    }
    StreamExport kept = resources.addFinalizer(resource);
    return tend(resources.write(kept, StreamExportStatus.ownedBy(lease.owner(), kept.known())));
  }

  private boolean isForMe(StreamExport resource) {
    String pod = resource.wantedPod();
    return pod == null
        ? members.roomiest(resource.uid()).filter(lease.owner().lease()::equals).isPresent()
        : pod.equals(lease.owner().pod());
  }

  /** It is this pod's. */
  private Optional<Duration> tend(StreamExport resource) {
    Optional<Held> held = holdings.of(resource);
    if (held.isPresent()) {
      return report.tell(resource, held.get());
    }
    if (resource.known().startTime() != null) {
      resources.release(resource, mirror.lostByOwner(resource));
      return Optional.empty();
    }
    return lease.isValid() ? make(resource) : Optional.of(pace.look());
  }

  private Optional<Duration> make(StreamExport resource) {
    Held made;
    try {
      made = wanted.make(resource);
    } catch (ProblemException e) {
      return refuse(resource, e.type(), e.getMessage());
    } catch (ExportException e) {
      return switch (e.reason()) {
        case FULL, STOPPING, UNAVAILABLE, NO_SPACE -> giveBack(resource, e.getMessage());
        case INVALID, UNKNOWN, CONFLICT, STATE ->
            refuse(resource, ProblemType.of(e.reason()), e.getMessage());
      };
    }
    holdings.add(made);
    if (!lease.isValid()) { // it ran out meanwhile
      holdings.drop(resource);
      return Optional.of(pace.look());
    }
    return report.tell(resource, made);
  }

  private Optional<Duration> refuse(StreamExport resource, ProblemType type, @Nullable String why) {
    String text = String.valueOf(why);
    resources.release(resource, mirror.refused(resource, type.reason(), text));
    resources.tell(resource, lease.owner().pod(), false, Conditions.REFUSED, text);
    return Optional.empty();
  }

  /** Another pod may have what this one lacks. */
  private Optional<Duration> giveBack(StreamExport resource, @Nullable String why) {
    lease.pause();
    resources.release(resource, mirror.released(resource, String.valueOf(why)));
    return Optional.of(pace.look());
  }

  /** It is not this pod's any more: that has been judged, and what is left of it here ends. */
  private Optional<Duration> leaveTo(StreamExport resource) {
    if (holdings.of(resource).isPresent()) {
      Optional<StreamExport> now =
          resources.now(resource.name(), resource.uid()); // since this may be an old version
      if (now.isEmpty() || !isMine(now.get())) {
        holdings.drop(resource);
        return Optional.of(pace.retry()); // nobody may have it now
      }
    }
    return Optional.empty();
  }

  private boolean isMine(StreamExport resource) {
    return lease.isOf(resource.known().owner());
  }
}
