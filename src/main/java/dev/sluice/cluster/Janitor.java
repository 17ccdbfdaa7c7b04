package dev.sluice.cluster;

import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.ClusterSignals.Judgement;
import dev.sluice.cluster.member.Leases;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.owner.Mirror;
import dev.sluice.cluster.resource.Resources;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what lost pods have left, and after what has ended. Every pod has one, and of those
 * the one works whose Lease is the first by its name; if two of them do so for a moment, the API
 * server takes the writes of one.
 */
final class Janitor {

  private static final Logger log = LoggerFactory.getLogger(Janitor.class);

  private final Resources resources;
  private final Leases leases;
  private final Mirror mirror;
  private final OwnLease lease;
  private final Members members;
  private final Clock clock;
  private final ClusterSignals signals;

  Janitor(
      Resources resources,
      Leases leases,
      Mirror mirror,
      OwnLease lease,
      Members members,
      Clock clock,
      ClusterSignals signals) {
    this.resources = resources;
    this.leases = leases;
    this.mirror = mirror;
    this.lease = lease;
    this.members = members;
    this.clock = clock;
    this.signals = signals;
  }

  /** Does what there is to do about these, which are all. */
  void work(Collection<StreamExport> all) {
    if (!lease.isValid() || !members.isJanitor(lease.owner().lease())) {
      return;
    }
    RuntimeException failure = null;
    for (StreamExport resource : all) {
      failure = attempt(() -> lookAfter(resource), failure);
    }
    members.forgetMissingBut(owners(all));
    if (failure == null) {
      failure = attempt(() -> removeLeases(all), null);
    }
    if (failure != null) {
      throw failure; // after the others have been looked after
    }
  }

  /** Returns why this cannot be done; or else what it is given. */
  private @Nullable RuntimeException attempt(Runnable work, @Nullable RuntimeException before) {
    try {
      work.run();
      return before;
    } catch (KubernetesClientException e) {
      signals.failed(e.getCode());
      return Resources.isOutdated(e) ? before : e;
    } catch (RuntimeException e) {
      return e;
    }
  }

  /** The Leases of all owners. */
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

  private void lookAfter(StreamExport resource) {
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
      } else if (lost) {
        resources.removeFinalizer(resource);
      }
    } else if (owner != null && lost) {
      judge(resource, owner);
    }
  }

  private void judge(StreamExport resource, Owner owner) {
    boolean anew = resource.known().startTime() == null && resource.mayBePlacedAnew();
    log.warn(
        "The pod {} (instance {}) is lost, and with it the export {}, which {}",
        owner.pod(),
        owner.instance(),
        resource.name(),
        anew ? "is placed anew" : "has failed");
    if (anew) {
      resources.release(
          resource, mirror.released(resource, "the pod %s was lost".formatted(owner.pod())));
      signals.judged(Judgement.PLACED_ANEW);
    } else {
      StreamExportStatus judged = mirror.ownerLost(resource, owner);
      resources.release(resource, judged);
      signals.judged(Judgement.FAILED);
      resources.tell(
          resource,
          lease.owner().pod(),
          false,
          Mirror.OWNER_LOST,
          String.valueOf(judged.failure()));
    }
  }

  /** Removes Leases that are over, and that no resource names which somebody has to judge. */
  private void removeLeases(Collection<StreamExport> all) {
    List<String> over = members.over();
    if (over.isEmpty()) {
      return;
    }
    Set<String> named = new HashSet<>();
    for (StreamExport resource : all) {
      Owner owner = resource.known().owner();
      if (owner != null && !resource.known().isFinal()) {
        named.add(owner.lease());
      }
    }
    over.stream().filter(name -> !named.contains(name)).forEach(leases::delete);
  }
}
