package dev.sluice.cluster;

import dev.sluice.api.ExportMaker;
import dev.sluice.cluster.connection.ApiServer;
import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.member.Leases;
import dev.sluice.cluster.member.Members;
import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.owner.Controller;
import dev.sluice.cluster.owner.Holdings;
import dev.sluice.cluster.owner.LastWords;
import dev.sluice.cluster.owner.Mirror;
import dev.sluice.cluster.owner.Pace;
import dev.sluice.cluster.owner.StreamExportReconciler;
import dev.sluice.cluster.owner.Upkeep;
import dev.sluice.cluster.owner.Wanted;
import dev.sluice.cluster.resource.KnownResources;
import dev.sluice.cluster.resource.ResourceListener;
import dev.sluice.cluster.resource.Resources;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.cluster.resource.Watches;
import dev.sluice.export.ExportRegistry;
import dev.sluice.logging.LinePerMinute;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
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

/** One process as a member of the cluster, from its first sign of life to its last. */
final class ClusterSession implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ClusterSession.class);

  private static final int INSTANCE_BYTES = 8;

  private static final int LOOKS_WITHIN_LEASE = 30;

  private final Duration leaseDuration;
  private final KubernetesClient client;
  private final Resources resources;
  private final Leases leases;
  private final Holdings holdings;
  private final Members members;
  private final OwnLease lease;
  private final Janitor janitor;
  private final Pace pace;
  private final Controller controller;
  private final Upkeep upkeep;
  private final LastWords lastWords;
  private final SharedExports shared;
  private final ClusterSignals signals;
  private final Entrance entrance;
  private final LinePerMinute failures = new LinePerMinute();

  /** One looks whether the Lease is over, whatever the other one waits for. */
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(
          2, Thread.ofPlatform().daemon().name("cluster-timer-", 0).factory());

  private boolean wasValid;

  ClusterSession(
      KubernetesProperties properties,
      int maxExports,
      ExportRegistry registry,
      ExportMaker maker,
      ResourceListener listener,
      Entrance entrance,
      JsonMapper json,
      ClusterSignals signals) {
    this.signals = signals;
    this.entrance = entrance;
    leaseDuration = properties.leaseDuration();
    URI apiUrl = Objects.requireNonNull(properties.apiUrl()); // or it would have no valid keys
    client = ApiServer.client(properties.kubeconfig(), properties.namespace(), leaseDuration);
    resources = new Resources(client, signals::failed);
    leases = new Leases(client);
    holdings = new Holdings(registry);
    members = new Members(System::nanoTime, leaseDuration);
    lease =
        new OwnLease(
            client,
            owner(properties),
            apiUrl,
            leaseDuration,
            () -> registry.isStopping() ? 0 : Math.max(0, maxExports - registry.openCount()),
            () -> entrance.notes(Members.NBD_ADDRESS, Members.RELAY_KEY),
            System::nanoTime);
    Watches watches = new Watches();
    KnownResources known = new KnownResources(listener, lease::isOf, properties.namespace());
    Mirror mirror = new Mirror(Clock.systemUTC());
    janitor = new Janitor(resources, leases, mirror, lease, members, Clock.systemUTC(), signals);
    pace = new Pace(properties.statusInterval(), leaseDuration, System::nanoTime);
    StreamExportReconciler reconciler =
        new StreamExportReconciler(
            registry,
            holdings,
            new Wanted(maker, json, apiUrl),
            resources,
            mirror,
            lease,
            members,
            pace,
            watches,
            known,
            properties.namespace(),
            signals);
    controller = new Controller(client, properties.namespace(), reconciler);
    upkeep =
        new Upkeep(
            known::all,
            resource -> lease.isOf(resource.known().owner()),
            holdings,
            pace,
            reconciler::look);
    shared = new SharedExports(resources, known, holdings, lease, leases, members, watches);
    lastWords = new LastWords(resources, holdings, reconciler, lease);
    entrance.open(new OtherPods(known, members, lease));
  }

  private static Owner owner(KubernetesProperties properties) {
    byte[] instance = new byte[INSTANCE_BYTES];
    new SecureRandom().nextBytes(instance);
    String uid = properties.podUid().isEmpty() ? null : properties.podUid();
    return new Owner(properties.pod(), uid, HexFormat.of().formatHex(instance));
  }

  /** Takes part as long as this is so, or until the thread is interrupted. */
  void run(BooleanSupplier goesOn) throws InterruptedException {
    signals.show(new ClusterSignals.View(lease::isValid, members::live, this::exportsWithoutOwner));
    long nanos = leaseDuration.toNanos();
    timers.scheduleWithFixedDelay(this::tryRound, 0, nanos / OwnLease.SIGNS, TimeUnit.NANOSECONDS);
    timers.scheduleWithFixedDelay(
        this::withdrawIfOver, 0, nanos / LOOKS_WITHIN_LEASE, TimeUnit.NANOSECONDS);
    log.info(
        "This pod, {}, shares the exports of the namespace {} as instance {}",
        lease.owner().pod(),
        client.getNamespace(),
        lease.owner().instance());
    controller.run(goesOn, leaseDuration);
  }

  /** What the resources say, once all of them are known. */
  Optional<SharedExports> shared() {
    return controller.isFollowing() ? Optional.of(shared) : Optional.empty();
  }

  private int exportsWithoutOwner() {
    return (int) controller.resources().stream().filter(StreamExport::wantsOwner).count();
  }

  private void tryRound() {
    try {
      lease.renew();
      long askedAt = System.nanoTime();
      members.are(leases.all(), askedAt);
      signals.isTroubledBy(null);
    } catch (RuntimeException e) {
      signals.isTroubledBy(why(e));
      if (e instanceof KubernetesClientException failure) {
        signals.failed(failure.getCode());
      }
      complain(e);
      return;
    }
    try {
      List<StreamExport> all = controller.resources();
      pace.shareAmong(all.stream().filter(StreamExport::isMoving).count(), members.live());
      janitor.work(all);
      upkeep.forgetGone();
      upkeep.lookAtMissing();
    } catch (RuntimeException e) {
      complain(e);
    }
  }

  private void complain(RuntimeException e) {
    complain("The API server of Kubernetes does not take what this pod has to say", e);
  }

  private void complain(String what, RuntimeException e) {
    String before = failures.take();
    if (before != null) {
      log.warn("{}{}: {}", what, before, why(e));
      log.debug("It is", e);
    }
  }

  private static String why(RuntimeException e) {
    String message = e instanceof KubernetesClientException ? e.getMessage() : null;
    return message == null ? e.toString() : message;
  }

  private void withdrawIfOver() {
    boolean valid = lease.isValid();
    if (wasValid && !valid) {
      log.warn("The Lease of this pod is over; streams that have begun go on");
      signals.withdrew(holdings.withdraw());
    } else if (!wasValid && valid) {
      upkeep.lookAtAll();
    }
    wasValid = valid;
  }

  /** Says what is left to say, within a few seconds. */
  @Override
  public void close() {
    Thread.interrupted(); // that was why it ends
    signals.show(null);
    entrance.close();
    try {
      controller.close();
      lastWords.say();
      timers.shutdownNow();
      lease.end();
    } catch (RuntimeException e) {
      complain("The API server of Kubernetes does not hear the last of this pod", e);
    } finally {
      timers.shutdownNow();
      client.close();
    }
  }
}
