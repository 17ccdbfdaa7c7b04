package dev.sluice.cluster;

import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.ResourceCache;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.server.relay.Place;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Where exports are that this pod does not have, by the resources and Leases as they are known. */
final class RelayDirectory implements Entrance.Others {

  private final ResourceCache known;
  private final Members members;
  private final OwnLease lease;

  RelayDirectory(ResourceCache known, Members members, OwnLease lease) {
    this.known = known;
    this.members = members;
    this.lease = lease;
  }

  @Override
  public String self() {
    return lease.owner().lease();
  }

  @Override
  public Optional<Place> find(String export) {
    return known.find(export).map(StreamExport::known).flatMap(now -> place(export, now));
  }

  private Optional<Place> place(String export, StreamExportStatus status) {
    Owner owner = status.owner();
    if (owner == null || status.phase() == null || status.isFinal() || lease.isOf(owner)) {
      return Optional.empty();
    }
    List<String> uris =
        Objects.requireNonNullElse(status.uris(), List.<String>of()).stream()
            .filter(uri -> !uri.contains("+unix:"))
            .toList();
    return members
        .contact(owner.lease())
        .map(
            contact ->
                new Place(export, owner.lease(), Entrance.parse(contact.nbdAddress()), uris));
  }

  @Override
  public Optional<String> keyOf(String pod) {
    return members
        .contact(pod)
        .filter(_ -> !pod.equals(self()))
        .map(Members.Contact::relayKey)
        .filter(key -> !key.isEmpty());
  }
}
