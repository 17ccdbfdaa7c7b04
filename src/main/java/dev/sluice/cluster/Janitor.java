package dev.sluice.cluster;

import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.ClusterSignals.Judgement;
import dev.sluice.cluster.member.Leases;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.owner.StatusBuilder;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after lost pods: judges their exports, removes finalizers, and deletes their Leases. It
 * also deletes exports past {@code ttlSecondsAfterFinished}. Every pod has a janitor, and the one
 * works whose Lease has the first name. If two work for a moment, the API server accepts each write
 * from one of them only.
 */
final class Janitor {

  private static final Logger log = LoggerFactory.getLogger(Janitor.class);

  private final ResourceClient resources;
  private final Leases leases;
  private final StatusBuilder statusBuilder;
  private final OwnLease lease;
  private final Members members;
  private final Clock clock;
  private final ClusterSignals signals;

  Janitor(
      ResourceClient resources,
      Leases leases,
      StatusBuilder statusBuilder,
      OwnLease lease,
      Members members,
      Clock clock,
      ClusterSignals signals) {
    this.resources = resources;
    this.leases = leases;
    this.statusBuilder = statusBuilder;
    this.lease = lease;
    this.members = members;
    this.clock = clock;
    this.signals = signals;
  }

  /**
   * Works if this pod is the one to do so. A failure does not keep it from the other resources.
   *
   * @param all all resources of the namespace
   * @throws RuntimeException the last failure, after every resource was tried
   */
  void work(Collection<StreamExport> all) {
    if (!lease.isValid() || !members.isJanitor(lease.owner().lease())) {
      return;
    }
    RuntimeException failure = null;
    for (StreamExport resource : all) {
      failure = attempt(() -> cleanUp(resource), failure);
    }
    members.forgetMissingBut(owners(all));
    if (failure == null) {
      failure = attempt(() -> deleteLeases(all), null);
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Returns why the work has failed, or {@code before} if it has not. */
  private @Nullable RuntimeException attempt(Runnable work, @Nullable RuntimeException before) {
    try {
      work.run();
      return before;
    } catch (KubernetesClientException e) {
      signals.failed(e.getCode());
      return ResourceClient.isOutdated(e) ? before : e;
    } catch (RuntimeException e) {
      return e;
    }
  }

  /** Returns the names of all owners' Leases. */
  private static Set<String> owners(Collection<StreamExport> all) {
    Set<String> owners = new HashSet<>();
    for (StreamExport resource : all) {
      Owner owner = resource.known().owner();
      if (owner != null) {
        owners.add(owner.lease());
      }
    }
    return owners;
  }

  private void cleanUp(StreamExport resource) {
    Owner owner = resource.known().owner();
    boolean ended = resource.known().isFinal();
    boolean lost = owner != null && members.isLost(owner);
    if (resource.isBeingDeleted()) {
      if (owner == null || lost) {
        resources.removeFinalizer(resource);
      }
    } else if (ended) {
      if (resource.expiry().filter(clock.instant()::isAfter).isPresent()) {
        resources.delete(resource);
      } else if (lost && resource.hasFinalizer(StreamExport.FINALIZER)) {
        resources.removeFinalizer(resource);
      } else {
        observe(resource);
      }
    } else if (owner != null && lost) {
      judge(resource, owner);
    }
  }

  /** Notes in a final status that the spec has changed, or {@code kubectl wait} waits for that. */
  private void observe(StreamExport resource) {
    Long generation = resource.getMetadata().getGeneration();
    if (!Objects.equals(generation, resource.known().observedGeneration())) {
      resources.write(resource, resource.known().about(generation));
    }
  }

  private void judge(StreamExport resource, Owner owner) {
    boolean placedAnew = resource.known().startTime() == null && resource.mayBePlacedAnew();
    log.warn(
        "Pod {} (instance {}) is lost. Its export {} {}",
        owner.pod(),
        owner.instance(),
        resource.name(),
        placedAnew ? "is placed anew" : "has failed");
    if (placedAnew) {
      resources.release(
          resource, statusBuilder.released(resource, "the pod %s was lost".formatted(owner.pod())));
      signals.judged(Judgement.PLACED_ANEW);
    } else {
      StreamExportStatus judged = statusBuilder.ownerLost(resource, owner);
      resources.release(resource, judged);
      signals.judged(Judgement.FAILED);
      resources.tell(
          resource,
          lease.owner().pod(),
          false,
          StatusBuilder.OWNER_LOST,
          String.valueOf(judged.failure()));
    }
  }

  /** Deletes expired Leases, except those of owners whose exports have not been judged yet. */
  private void deleteLeases(Collection<StreamExport> all) {
    Map<String, String> expired = members.over();
    if (expired.isEmpty()) {
      return;
    }
    Set<String> needed = new HashSet<>();
    for (StreamExport resource : all) {
      Owner owner = resource.known().owner();
      if (owner != null && !resource.known().isFinal()) {
        needed.add(owner.lease());
      }
    }
    expired.keySet().removeAll(needed);
    expired.forEach(leases::delete);
  }
}
