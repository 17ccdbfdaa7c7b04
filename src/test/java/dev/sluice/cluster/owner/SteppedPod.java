package dev.sluice.cluster.owner;

import dev.sluice.api.ExportMaker;
import dev.sluice.cluster.connection.ApiServer;
import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.Leases;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.member.Placements;
import dev.sluice.cluster.resource.ResourceCache;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.ResourceWaiters;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.export.ExportRegistry;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a pod does about a resource, one step at a time, and about whichever version of it the test
 * chooses: nothing watches. The service, the API server and the Lease are real; its clock is the
 * test's.
 */
final class SteppedPod implements AutoCloseable {

  static final Duration LEASE = Duration.ofSeconds(9);

  final Owner owner;
  final OwnedExports ownedExports;
  final ResourceClient resources;
  final OwnLease lease;
  final StatusReporter reporter;
  final ShutdownReport lastWords;
  private final KubernetesClient client;
  private final Members members;
  private final StreamExportReconciler reconciler;

  /** What the Lease, the pace and the members take for the time. */
  private long now = Duration.ofDays(1).toNanos();

  /** An export whose making takes longer than the Lease lasts; null if none does. */
  volatile @Nullable String slow;

  SteppedPod(KubernetesApi api, String namespace, OwnService service, String name, String id) {
    owner = new Owner(name, null, id);
    client = ApiServer.client(api.kubeConfig().toString(), namespace, LEASE);
    ExportRegistry registry = service.bean(ExportRegistry.class);
    URI url = URI.create("http://127.0.0.1:" + service.port());
    resources = new ResourceClient(client, _ -> {});
    ownedExports = new OwnedExports(registry);
    members = new Members(() -> now, LEASE);
    lease = new OwnLease(client, owner, url, LEASE, () -> 10, Map::of, () -> nanos(registry));
    SpecApplier applier =
        new SpecApplier(service.bean(ExportMaker.class), service.bean(JsonMapper.class), url);
    StatusBuilder statusBuilder = new StatusBuilder(Clock.systemUTC());
    WriteThrottle throttle = new WriteThrottle(Duration.ZERO, LEASE, () -> now);
    reporter =
        new StatusReporter(
            registry, ownedExports, applier, resources, statusBuilder, lease, throttle);
    reconciler =
        new StreamExportReconciler(
            registry,
            ownedExports,
            applier,
            resources,
            statusBuilder,
            lease,
            new Placements(members, owner, this::all, _ -> 0, () -> now),
            throttle,
            new ResourceWaiters(),
            new ResourceCache((_, _) -> {}, lease::isOf, namespace),
            namespace,
            new ClusterSignals(),
            new FailureLog());
    lastWords = new ShutdownReport(resources, ownedExports, reconciler, lease);
    renew();
  }

  private List<StreamExport> all() {
    return client.resources(StreamExport.class).list().getItems();
  }

  private long nanos(ExportRegistry registry) {
    String name = slow;
    return name != null && registry.find(name).isPresent() ? now + LEASE.toNanos() : now;
  }

  /** Gives a sign of life, and reads those of all. */
  void renew() {
    lease.renew();
    members.are(new Leases(client).all(), now);
  }

  void pass(Duration time) {
    now += time.toNanos();
  }

  /** A resource as it is now. */
  StreamExport read(String name) {
    return resources.now(name).orElseThrow();
  }

  /** Makes a resource; this pod does not hear of it. */
  StreamExport create(StreamExport resource) {
    return client.resource(resource).create();
  }

  /** Has somebody delete a resource, which stays as long as it has a finalizer. */
  void delete(String name) {
    client.resources(StreamExport.class).withName(name).delete();
  }

  /** The watch tells that a resource is gone, whose last version this was. */
  @SuppressWarnings("unchecked") // There is no class of what a proxy is.
  void hearOfDeletion(StreamExport last) {
    Context<StreamExport> context =
        (Context<StreamExport>)
            Proxy.newProxyInstance(
                Context.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (_, method, _) -> method.getName().equals("isPrimaryResourceDeleted"));
    reconciler.reconcile(last, context);
  }

  /** What is to be done about this version. */
  Optional<Duration> step(StreamExport version) {
    return reconciler.step(version);
  }

  /** What is to be done about it as it is now; returns what has become of it. */
  StreamExportStatus step(String name) {
    step(read(name));
    return read(name).known();
  }

  /** Says who has a resource, whoever has it. */
  StreamExport give(String name, Owner to) {
    StreamExport resource = read(name);
    return resources.write(
        resources.addFinalizer(resource), StreamExportStatus.ownedBy(to, resource.known()));
  }

  /** Keeps no resource from being deleted. */
  void letAllGo() {
    client.resources(StreamExport.class).list().getItems().forEach(resources::removeFinalizer);
  }

  @Override
  public void close() {
    lease.end();
    client.close();
  }
}
