package dev.sluice.cluster.api;

import dev.sluice.cluster.ClusterMember;
import dev.sluice.cluster.resource.StreamExport;
import java.util.Optional;

/** Finds the ticket hashes of exports of all pods in their resources. */
final class SharedTickets {

  private SharedTickets() {}

  /**
   * Returns the ticket hash of an export, from the cache alone, since callers here are not
   * authenticated.
   */
  static Optional<String> hash(ClusterMember member, String name) {
    return member.shared().flatMap(shared -> shared.known(name)).map(StreamExport::ticketHash);
  }
}
