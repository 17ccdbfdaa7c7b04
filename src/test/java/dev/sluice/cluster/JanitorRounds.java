package dev.sluice.cluster;

import dev.sluice.cluster.connection.ApiServer;
import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.Leases;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.owner.StatusBuilder;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.stream.StreamState;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rounds of a janitor in a namespace of its own. The clocks are the test's. */
final class JanitorRounds implements AutoCloseable {

  static final Duration LEASE = Duration.ofSeconds(9);
  private static final String START = "2026-11-30T12:00:00Z";
  static final String HTTP = "direction: read, peer: http, size: 1M";
  static final Owner OWN = new Owner("sluice-1", null, "own");
  static final Owner LOST = new Owner("sluice-2", null, "lost");

  final ClusterSignals signals = new ClusterSignals();
  long now = Duration.ofDays(1).toNanos();
  final ClusterRig rig = new ClusterRig();
  private final KubernetesClient client;
  final ResourceClient resources;
  private final Members members;
  private final OwnLease lease;
  private Janitor janitor;

  JanitorRounds() {
    client = ApiServer.client(rig.api.kubeConfig().toString(), rig.namespace, LEASE);
    resources = new ResourceClient(client, _ -> {});
    members = new Members(() -> now, LEASE);
    lease = leaseOf(OWN);
    isAt(Instant.parse("2026-11-30T12:00:10Z"));
    renew();
  }

  @Override
  public void close() throws Exception {
    client.resources(StreamExport.class).list().getItems().forEach(resources::removeFinalizer);
    client.close();
    rig.close();
  }

  /** From now on it is this time for the janitor. */
  void isAt(Instant wallClock) {
    Clock clock = Clock.fixed(wallClock, ZoneOffset.UTC);
    Leases leases = new Leases(client);
    janitor =
        new Janitor(resources, leases, new StatusBuilder(clock), lease, members, clock, signals);
  }

  OwnLease leaseOf(Owner owner) {
    URI url = URI.create("http://127.0.0.1:1");
    return new OwnLease(client, owner, url, LEASE, () -> 1, Map::of, () -> now);
  }

  void renew() {
    lease.renew();
    members.are(new Leases(client).all(), now);
  }

  /** Has somebody delete all of them, which stay as long as they have finalizers. */
  void deleteAll() {
    client.resources(StreamExport.class).delete();
  }

  void work() {
    work(client.resources(StreamExport.class).list().getItems());
  }

  void work(List<StreamExport> all) {
    janitor.work(all);
  }

  /** Everybody else gives no sign of life for as long as a Lease lasts. */
  void loseOthers() {
    work();
    now += LEASE.toNanos();
    renew();
  }

  StreamExport read(String name) {
    return resources.now(name).orElseThrow();
  }

  /** A resource with this status, and with a finalizer. */
  StreamExport make(String name, String spec, StreamExportStatus status) {
    StreamExport made = client.resource(ClusterRig.parsed(name, spec)).create();
    return resources.write(resources.addFinalizer(made), status);
  }

  static StreamExportStatus waiting(Owner owner) {
    return status(StreamState.WAITING, 0L, null, null, owner);
  }

  static StreamExportStatus streaming(Owner owner) {
    return status(StreamState.STREAMING, 4711L, START, null, owner);
  }

  static StreamExportStatus completed(@Nullable Owner owner) {
    return status(StreamState.COMPLETED, 1L << 20, START, START, owner);
  }

  static StreamExportStatus status(
      @Nullable StreamState phase,
      @Nullable Long position,
      @Nullable String startTime,
      @Nullable String completionTime,
      @Nullable Owner owner) {
    return new StreamExportStatus(
        1L,
        phase,
        position,
        null,
        null,
        null,
        startTime,
        completionTime,
        null,
        null,
        owner,
        List.of());
  }

  static List<String> finalizers(StreamExport resource) {
    return resource.getMetadata().getFinalizers();
  }

  boolean hasLease(String name) {
    return client.leases().withName(name).get() != null;
  }
}
