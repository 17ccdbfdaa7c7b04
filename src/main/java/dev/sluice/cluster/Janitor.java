package dev.sluice.cluster;

import dev.sluice.cluster.StreamExportStatus.Owner;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
  private final Mirror mirror;
  private final OwnLease lease;
  private final Members members;
  private final Clock clock;

  Janitor(Resources resources, Mirror mirror, OwnLease lease, Members members, Clock clock) {
    this.resources = resources;
    this.mirror = mirror;
    this.lease = lease;
    this.members = members;
    this.clock = clock;
  }

  /** Does what there is to do about these, which are all. */
  void work(Collection<StreamExport> all) {
    if (!lease.isValid() || !members.isJanitor(lease.owner().lease())) {
      return;
    }
    RuntimeException failure = null;
    for (StreamExport resource : all) {
      try {
        lookAfter(resource);
      } catch (RuntimeException e) {
        failure =
            e instanceof KubernetesClientException old && Resources.isOutdated(old) ? failure : e;
      }
    }
    if (failure != null) {
      throw failure; // after the others have been looked after
    }
    removeLeases(all);
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
    } else {
      StreamExportStatus judged = mirror.ownerLost(resource, owner);
      resources.release(resource, judged);
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
    over.stream().filter(name -> !named.contains(name)).forEach(resources::deleteLease);
  }
}
