package dev.sluice.cluster;

import dev.sluice.cluster.member.Leases;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.owner.OwnedExports;
import dev.sluice.cluster.resource.ResourceCache;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.ResourceWaiters;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The exports of all pods, as this pod knows them, and what it may write of them. What it knows may
 * be old; each write names the version that it is for. Thread-safe.
 */
public final class SharedExports {

  private final ResourceClient resources;
  private final ResourceCache known;
  private final OwnedExports ownedExports;
  private final OwnLease lease;
  private final Leases leases;
  private final Members members;
  private final ResourceWaiters waiters;

  SharedExports(
      ResourceClient resources,
      ResourceCache known,
      OwnedExports ownedExports,
      OwnLease lease,
      Leases leases,
      Members members,
      ResourceWaiters waiters) {
    this.resources = resources;
    this.known = known;
    this.ownedExports = ownedExports;
    this.lease = lease;
    this.leases = leases;
    this.members = members;
    this.waiters = waiters;
  }

  /** The resource of a name, as far as it is known. */
  public Optional<StreamExport> known(String name) {
    return known.find(name);
  }

  /** The resource whose export has an id, as far as it is known. */
  public Optional<StreamExport> knownById(String id) {
    return known.all().stream().filter(one -> one.exportId().equals(id)).findFirst();
  }

  /**
   * The resource of a name as it is now.
   *
   * @throws KubernetesClientException when the API server does not tell
   */
  public Optional<StreamExport> now(String name) {
    return resources.now(name);
  }

  /** Whether this process is its owner. */
  public boolean isOwn(StreamExport resource) {
    return lease.isOf(resource.known().owner());
  }

  /** Whether this process is its owner, and has its export. */
  public boolean isHere(StreamExport resource) {
    return isOwn(resource) && ownedExports.of(resource).isPresent();
  }

  /** Whether the process that has it has given no sign of life for so long as it may. */
  public boolean isLost(Owner owner) {
    return members.isLost(owner);
  }

  /**
   * Where the REST API of a process is, by its Lease, which is not over.
   *
   * @throws KubernetesClientException when that is not known, and the API server does not tell
   */
  public Optional<URI> api(Owner owner) {
    Optional<URI> known = members.api(owner);
    if (known.isEmpty() && !members.isLost(owner)) { // it may have begun a moment ago
      long askedAt = System.nanoTime();
      members.are(leases.all(), askedAt);
      return members.api(owner);
    }
    return known;
  }

  /**
   * Makes a resource.
   *
   * @throws KubernetesClientException with status 409 if there is one of this name
   */
  public StreamExport create(String name, Map<String, String> labels, Map<String, Object> spec) {
    return resources.create(name, labels, spec);
  }

  /**
   * Writes the spec of a resource.
   *
   * @throws KubernetesClientException with status 409 if there is a newer version
   */
  public StreamExport change(StreamExport resource, Map<String, Object> spec) {
    return resources.change(resource, spec);
  }

  /**
   * Deletes a resource.
   *
   * @throws KubernetesClientException with status 409 if there is a newer version, or none
   */
  public void delete(StreamExport resource) {
    resources.delete(resource);
  }

  /** Whether a write has failed since it was thought out for another version. */
  public static boolean isOutdated(KubernetesClientException e) {
    return ResourceClient.isOutdated(e);
  }

  /**
   * Waits until something is known of the resource of a name, or the time is over.
   *
   * @return what is known of it at last
   */
  public Optional<StreamExport> await(
      String name, Predicate<Optional<StreamExport>> isSo, Duration limit)
      throws InterruptedException {
    return waiters.await(() -> known(name), isSo, limit);
  }
}
