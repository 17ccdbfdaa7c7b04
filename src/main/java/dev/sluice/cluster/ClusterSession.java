package dev.sluice.cluster;

import dev.sluice.api.ExportMaker;
import dev.sluice.cluster.connection.ApiServer;
import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.Leases;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.member.Placements;
import dev.sluice.cluster.member.SuspendAwareClock;
import dev.sluice.cluster.owner.Controller;
import dev.sluice.cluster.owner.FailureLog;
import dev.sluice.cluster.owner.OwnedExports;
import dev.sluice.cluster.owner.Resync;
import dev.sluice.cluster.owner.ShutdownReport;
import dev.sluice.cluster.owner.SpecApplier;
import dev.sluice.cluster.owner.StatusBuilder;
import dev.sluice.cluster.owner.StreamExportReconciler;
import dev.sluice.cluster.owner.WriteThrottle;
import dev.sluice.cluster.resource.ResourceCache;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.ResourceListener;
import dev.sluice.cluster.resource.ResourceWaiters;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.cluster.resource.Windows;
import dev.sluice.export.ExportRegistry;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The membership of this process in the cluster, from the first renewal of its Lease to the last.
 */
final class ClusterSession implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ClusterSession.class);

  private static final int LOOKS_WITHIN_LEASE = 30;

  private final Duration leaseDuration;
  private final KubernetesClient client;
  private final ResourceClient resources;
  private final Leases leases;
  private final OwnedExports ownedExports;
  private final Members members;
  private final OwnLease lease;
  private final Housekeeping housekeeping;
  private final Controller controller;
  private final Resync resync;
  private final ShutdownReport shutdownReport;
  private final SharedExports shared;
  private final ClusterSignals signals;
  private final Entrance entrance;
  private final OwnRoom room;
  private final FailureLog failureLog = new FailureLog();

  /** Has a thread for each kind of work: renewing, housekeeping, and checking the Lease. */
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(
          3, Thread.ofPlatform().daemon().name("cluster-timer-", 0).factory());

  private boolean wasValid;

  ClusterSession(
      KubernetesProperties properties,
      Windows windows,
      OwnRoom room,
      ExportRegistry registry,
      ExportMaker maker,
      ResourceListener listener,
      Entrance entrance,
      JsonMapper json,
      ClusterSignals signals) {
    this.signals = signals;
    this.entrance = entrance;
    this.room = room;
    leaseDuration = properties.leaseDuration();
    URI apiUrl = Objects.requireNonNull(properties.apiUrl()); // or it would have no valid keys
    client = ApiServer.client(properties.kubeconfig(), properties.namespace(), leaseDuration);
    resources = new ResourceClient(client, signals::failed);
    leases = new Leases(client);
    ownedExports = new OwnedExports(registry);
    members = new Members(System::nanoTime, leaseDuration);
    lease =
        new OwnLease(
            client,
            Owner.ofThisProcess(properties.pod(), properties.podUid()),
            apiUrl,
            leaseDuration,
            this::roomForExports,
            room::notes,
            new SuspendAwareClock(System::nanoTime, Clock.systemUTC()));
    lease.onLapse(this::withdraw);
    ResourceWaiters waiters = new ResourceWaiters();
    ResourceCache known = new ResourceCache(listener, lease::isOf, properties.namespace());
    StatusBuilder statusBuilder = new StatusBuilder(Clock.systemUTC());
    Janitor janitor =
        new Janitor(resources, leases, statusBuilder, lease, members, Clock.systemUTC(), signals);
    WriteThrottle throttle =
        new WriteThrottle(properties.statusInterval(), leaseDuration, System::nanoTime);
    StreamExportReconciler reconciler =
        new StreamExportReconciler(
            registry,
            ownedExports,
            new SpecApplier(maker, json, apiUrl),
            resources,
            statusBuilder,
            lease,
            new Placements(members, lease.owner(), known::all, windows::most, System::nanoTime),
            throttle,
            waiters,
            known,
            properties.namespace(),
            signals,
            failureLog);
    controller = new Controller(client, properties.namespace(), reconciler, failureLog);
    resync =
        new Resync(
            known::all,
            resource -> lease.isOf(resource.known().owner()),
            ownedExports,
            throttle,
            reconciler::look);
    housekeeping = new Housekeeping(janitor, throttle, resync, members);
    shared = new SharedExports(resources, known, ownedExports, lease, leases, members, waiters);
    shutdownReport = new ShutdownReport(resources, ownedExports, reconciler, lease);
    entrance.open(new RelayDirectory(known, members, lease));
  }

  /** Returns 0 while this pod does not hear of new resources, so that no export waits for it. */
  private int roomForExports() {
    return controller.isFollowing() ? room.exports() : 0;
  }

  /** Runs until {@code goesOn} is false, or the thread is interrupted. */
  void run(BooleanSupplier goesOn) throws InterruptedException {
    signals.show(new ClusterSignals.View(lease::isValid, members::live, this::exportsWithoutOwner));
    long nanos = leaseDuration.toNanos();
    long round = nanos / OwnLease.SIGNS;
    timers.scheduleWithFixedDelay(this::giveSign, 0, round, TimeUnit.NANOSECONDS);
    timers.scheduleWithFixedDelay(this::work, round / 2, round, TimeUnit.NANOSECONDS);
    timers.scheduleWithFixedDelay(
        this::withdrawIfOver, 0, nanos / LOOKS_WITHIN_LEASE, TimeUnit.NANOSECONDS);
    log.info(
        "This pod, {}, shares the exports of the namespace {} as instance {}",
        lease.owner().pod(),
        client.getNamespace(),
        lease.owner().instance());
    controller.run(goesOn, leaseDuration);
  }

  /** Returns the exports of all pods; empty until all resources are known. */
  Optional<SharedExports> shared() {
    return controller.isFollowing() ? Optional.of(shared) : Optional.empty();
  }

  private int exportsWithoutOwner() {
    return (int) controller.resources().stream().filter(StreamExport::wantsOwner).count();
  }

  private void giveSign() {
    try {
      lease.renew();
      boolean following = controller.isFollowing();
      List<StreamExport> all = controller.resources();
      long askedAt = System.nanoTime();
      members.are(leases.all(), askedAt);
      if (following) {
        housekeeping.areFor(all);
      } else {
        resources.requireReadable(); // or else this says why they are not known
      }
      signals.isTroubledBy(null);
    } catch (RuntimeException e) {
      signals.isTroubledBy(FailureLog.why(e));
      if (e instanceof KubernetesClientException failure) {
        signals.failed(failure.getCode());
      }
      complain(e);
    }
  }

  private void work() {
    try {
      if (lease.isValid() && controller.isFollowing()) { // what is not known is not gone
        housekeeping.work();
      }
    } catch (RuntimeException e) {
      complain(e);
    }
  }

  private void complain(RuntimeException e) {
    failureLog.about("The API server of Kubernetes does not take what this pod has to say", e);
  }

  private void withdrawIfOver() {
    boolean valid = lease.isValid();
    if (wasValid && !valid) {
      withdraw();
    } else if (!wasValid && valid) {
      resync.lookAtAll();
    }
    wasValid = valid;
  }

  private void withdraw() {
    log.warn("The Lease of this pod is over; streams that have begun go on");
    signals.withdrew(ownedExports.withdraw());
  }

  /** Writes the last statuses and ends the Lease, within a few seconds. */
  @Override
  public void close() {
    Thread.interrupted(); // that was why it ends
    signals.show(null);
    entrance.close();
    attempt(controller::close);
    attempt(shutdownReport::say);
    timers.shutdownNow();
    attempt(lease::end);
    client.close();
  }

  private void attempt(Runnable farewell) {
    try {
      farewell.run();
    } catch (RuntimeException e) {
      failureLog.about("The API server of Kubernetes does not hear the last of this pod", e);
    }
  }
}
