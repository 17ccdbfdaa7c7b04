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
 * Reads and writes the exports of all pods. The cache may be outdated, so each write names the
 * version that it is for. Thread-safe.
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

  /** Returns the resource of this name from the cache. */
  public Optional<StreamExport> known(String name) {
    return known.find(name);
  }

  /** Returns the resource whose export has this id, from the cache. */
  public Optional<StreamExport> knownById(String id) {
    return known.all().stream().filter(one -> one.exportId().equals(id)).findFirst();
  }

  /**
   * Reads the resource of this name from the API server.
   *
   * @throws KubernetesClientException if that fails
   */
  public Optional<StreamExport> now(String name) {
    return resources.now(name);
  }

  /** Returns whether this process owns the export. */
  public boolean isOwn(StreamExport resource) {
    return lease.isOf(resource.known().owner());
  }

  /** Returns whether this process owns the export and has made it. */
  public boolean isHere(StreamExport resource) {
    return isOwn(resource) && ownedExports.of(resource).isPresent();
  }

  /** Returns whether the owner's Lease has expired. */
  public boolean isLost(Owner owner) {
    return members.isLost(owner);
  }

  /**
   * Returns the URL of an owner's REST API, from its Lease; empty if that has expired or has none.
   *
   * @throws KubernetesClientException if the Lease is not known yet, and cannot be read
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

  /**
   * Returns whether a write has failed because there is a newer version, or the resource is gone.
   */
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
