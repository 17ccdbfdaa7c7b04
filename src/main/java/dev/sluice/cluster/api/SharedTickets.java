package dev.sluice.cluster.api;

import dev.sluice.cluster.ClusterMember;
import dev.sluice.cluster.resource.StreamExport;
import java.util.Optional;

/** The tickets of exports that other pods have: of each there is the hash in its resource. */
final class SharedTickets {

  private SharedTickets() {}

  /**
   * That of the export of a name, as far as it is known; strangers ask, so nobody else is asked.
   */
  static Optional<String> hash(ClusterMember member, String name) {
    return member.shared().flatMap(shared -> shared.known(name)).map(StreamExport::ticketHash);
  }
}
