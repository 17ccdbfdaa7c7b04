package dev.sluice.cluster.api;

import dev.sluice.cluster.ClusterMember;
import dev.sluice.cluster.SharedExports;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.export.Export;
import dev.sluice.export.ExportId;
import dev.sluice.export.ExportRegistry;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows where exports are. */
final class Places {

  private static final Logger log = LoggerFactory.getLogger(Places.class);

  private final ClusterMember member;
  private final ExportRegistry registry;

  Places(ClusterMember member, ExportRegistry registry) {
    this.member = member;
    this.registry = registry;
  }

  /** The exports of all pods. */
  SharedExports shared() {
    return member
        .shared()
        .orElseThrow(
            () -> Problem.later("this pod does not know the exports of the others now; try again"));
  }

  /** Whether nobody is to wait for a pod: it is lost, or this one takes part no more. */
  boolean isOver(Owner owner) {
    return member.shared().filter(shared -> !shared.isLost(owner)).isEmpty();
  }

  /** Where the export of a name, or an id, is. */
  Place of(String name) {
    Optional<SharedExports> all = member.shared();
    if (all.isEmpty() && registry.find(name).isPresent()) {
      return new Place.Local();
    }
    SharedExports shared = shared();
    return newest(name, shared)
        .filter(resource -> !resource.isBeingDeleted())
        .map(resource -> of(resource, shared))
        .orElseGet(Place.Local::new);
  }

  /**
   * What is not known, or has no owner, may be so a moment ago alone: whoever made it by another
   * pod comes to this one with the next request.
   */
  private Optional<StreamExport> newest(String name, SharedExports shared) {
    if (ExportId.is(name)) {
      return shared.knownById(name);
    }
    Optional<StreamExport> known = shared.known(name);
    boolean settled =
        known
            .filter(one -> one.known().owner() != null || one.known().isFinal())
            .filter(one -> !one.isBeingDeleted())
            .isPresent();
    if (settled || KubernetesName.complaint(name).isPresent()) {
      return known;
    }
    try {
      return shared.now(name);
    } catch (KubernetesClientException e) {
      log.debug("The API server does not tell of {}", name, e);
      return known;
    }
  }

  private Place of(StreamExport resource, SharedExports shared) {
    Owner owner = resource.known().owner();
    if (resource.known().isFinal()) {
      return isAsThere(resource) && shared.isHere(resource)
          ? new Place.Here(resource)
          : new Place.Nowhere(resource);
    }
    if (owner == null) {
      return new Place.Nowhere(resource);
    }
    if (shared.isOwn(resource)) {
      return shared.isHere(resource) ? new Place.Here(resource) : new Place.Nowhere(resource);
    }
    Optional<URI> api = shared.api(owner);
    if (api.isPresent()) {
      return new Place.There(resource, api.get());
    }
    if (shared.isLost(owner)) {
      return new Place.Nowhere(resource);
    }
    throw Problem.later(
        "the pod %s has it, and does not say where its REST API is; try again"
            .formatted(owner.pod()));
  }

  /** A stream that goes on after it was judged must not seem to be more than that. */
  private boolean isAsThere(StreamExport resource) {
    return registry
        .find(resource.name())
        .flatMap(Export::statusNow)
        .filter(status -> status.state() == resource.known().phase())
        .isPresent();
  }
}
