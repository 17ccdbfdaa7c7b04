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

/** Locates exports by their resources. */
final class ExportLocator {

  private static final Logger log = LoggerFactory.getLogger(ExportLocator.class);

  private final ClusterMember member;
  private final ExportRegistry registry;

  /** Then no token, and nobody who has one, is sent to a pod where it could be read. */
  private final boolean encrypted;

  /**
   * Where exports are, as a member knows it.
   *
   * @param own where the REST API of this pod is
   */
  ExportLocator(ClusterMember member, ExportRegistry registry, URI own) {
    this.member = member;
    this.registry = registry;
    this.encrypted = isEncrypted(own);
  }

  private static boolean isEncrypted(URI api) {
    return "https".equalsIgnoreCase(api.getScheme());
  }

  /** Returns the exports of all pods; fails while this pod does not know them. */
  SharedExports shared() {
    return member
        .shared()
        .orElseThrow(
            () ->
                ClusterProblems.later(
                    "this pod does not know the exports of the others now; try again"));
  }

  /** Returns whether to stop waiting for an owner: it is lost, or this pod has left the cluster. */
  boolean isOver(Owner owner) {
    return member.shared().filter(shared -> !shared.isLost(owner)).isEmpty();
  }

  /** Locates an export by name or id. */
  ExportLocation of(String name) {
    Optional<SharedExports> all = member.shared();
    if (all.isEmpty() && registry.find(name).isPresent()) {
      return new ExportLocation.Local();
    }
    SharedExports shared = shared();
    return newest(name, shared)
        .filter(resource -> !resource.isBeingDeleted())
        .map(resource -> of(resource, shared))
        .orElseGet(ExportLocation.Local::new);
  }

  /**
   * Reads the resource from the API server if the cache has none, or one without an owner: a client
   * that created it through another pod may send its next request here before the watch does.
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

  private ExportLocation of(StreamExport resource, SharedExports shared) {
    Owner owner = resource.known().owner();
    if (resource.known().isFinal()) {
      return isAsThere(resource) && shared.isHere(resource)
          ? new ExportLocation.Here(resource)
          : new ExportLocation.Nowhere(resource);
    }
    if (owner == null) {
      return new ExportLocation.Nowhere(resource);
    }
    if (shared.isOwn(resource)) {
      return shared.isHere(resource)
          ? new ExportLocation.Here(resource)
          : new ExportLocation.Nowhere(resource);
    }
    Optional<URI> api = shared.api(owner);
    if (api.isPresent() && encrypted && !isEncrypted(api.get())) {
      throw ClusterProblems.later(
          "the pod %s has it, and its REST API is not encrypted, as that of this pod is; try again when all pods are alike"
              .formatted(owner.pod()));
    }
    if (api.isPresent()) {
      return new ExportLocation.There(resource, api.get());
    }
    if (shared.isLost(owner)) {
      return new ExportLocation.Nowhere(resource);
    }
    throw ClusterProblems.later(
        "the pod %s has it, and does not say where its REST API is; try again"
            .formatted(owner.pod()));
  }

  /**
   * Returns whether the local stream has the state of the resource. One that was judged lost may
   * still run here, and must not be shown.
   */
  private boolean isAsThere(StreamExport resource) {
    return registry
        .find(resource.name())
        .flatMap(Export::statusNow)
        .filter(status -> status.state() == resource.known().phase())
        .isPresent();
  }
}
