package dev.sluice.cluster;

import dev.sluice.api.ExportMaker;
import dev.sluice.cluster.StreamExportStatus.Owner;
import dev.sluice.export.ExportRegistry;
import dev.sluice.logging.LinePerMinute;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
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
  private static final int SIGNS_WITHIN_LEASE = 6;
  private static final int LOOKS_WITHIN_LEASE = 30;
  private static final Duration LEAST_REQUEST_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration MOST_REQUEST_TIMEOUT = Duration.ofSeconds(5);

  private final Duration leaseDuration;
  private final KubernetesClient client;
  private final Resources resources;
  private final Holdings holdings;
  private final Members members;
  private final OwnLease lease;
  private final Janitor janitor;
  private final Controller controller;
  private final LastWords lastWords;
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
      JsonMapper json) {
    leaseDuration = properties.leaseDuration();
    client = client(properties);
    resources = new Resources(client);
    holdings = new Holdings(registry);
    members = new Members(System::nanoTime, leaseDuration);
    lease =
        new OwnLease(
            client,
            owner(properties),
            leaseDuration,
            () -> registry.isStopping() ? 0 : Math.max(0, maxExports - registry.openCount()),
            System::nanoTime);
    Mirror mirror = new Mirror(Clock.systemUTC());
    janitor = new Janitor(resources, mirror, lease, members, Clock.systemUTC());
    StreamExportReconciler reconciler =
        new StreamExportReconciler(
            registry,
            holdings,
            new Wanted(maker, json, properties.apiUrl()),
            resources,
            mirror,
            lease,
            members,
            new Pace(properties.statusInterval(), leaseDuration, System::nanoTime),
            properties.namespace());
    controller = new Controller(client, properties.namespace(), reconciler);
    lastWords = new LastWords(resources, holdings, reconciler, lease);
  }

  private static Owner owner(KubernetesProperties properties) {
    byte[] instance = new byte[INSTANCE_BYTES];
    new SecureRandom().nextBytes(instance);
    String uid = properties.podUid().isEmpty() ? null : properties.podUid();
    return new Owner(properties.pod(), uid, HexFormat.of().formatHex(instance));
  }

  /** Requests end in time, and are not made again by the client: whoever makes one knows better. */
  private static KubernetesClient client(KubernetesProperties properties) {
    String file = properties.kubeconfig();
    ConfigBuilder base =
        file == null
            ? new ConfigBuilder(Config.autoConfigure(null))
            : KubeConfig.read(Path.of(file));
    int millis = (int) requestTimeout(properties.leaseDuration()).toMillis();
    Config config =
        base.withNamespace(properties.namespace())
            .withConnectionTimeout(millis)
            .withRequestTimeout(millis)
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new JdkHttpClientFactory())
        .build();
  }

  private static Duration requestTimeout(Duration leaseDuration) {
    Duration third = leaseDuration.dividedBy(3);
    if (third.compareTo(LEAST_REQUEST_TIMEOUT) < 0) {
      return LEAST_REQUEST_TIMEOUT;
    }
    return third.compareTo(MOST_REQUEST_TIMEOUT) > 0 ? MOST_REQUEST_TIMEOUT : third;
  }

  /** Takes part as long as this is so, or until the thread is interrupted. */
  void run(BooleanSupplier goesOn) throws InterruptedException {
    long nanos = leaseDuration.toNanos();
    timers.scheduleWithFixedDelay(
        this::tryRound, 0, nanos / SIGNS_WITHIN_LEASE, TimeUnit.NANOSECONDS);
    timers.scheduleWithFixedDelay(
        this::withdrawIfOver, 0, nanos / LOOKS_WITHIN_LEASE, TimeUnit.NANOSECONDS);
    log.info(
        "This pod, {}, shares the exports of the namespace {} as instance {}",
        lease.owner().pod(),
        client.getNamespace(),
        lease.owner().instance());
    controller.run(goesOn, leaseDuration);
  }

  private void tryRound() {
    try {
      lease.renew();
      long askedAt = System.nanoTime();
      members.are(resources.leases(), askedAt);
      janitor.work(controller.resources());
    } catch (RuntimeException e) {
      complain("The API server of Kubernetes does not take what this pod has to say", e);
    }
  }

  private void complain(String what, RuntimeException e) {
    String before = failures.take();
    if (before != null) {
      String why = e instanceof KubernetesClientException ? e.getMessage() : e.toString();
      log.warn("{}{}: {}", what, before, why);
      log.debug("It is", e);
    }
  }

  private void withdrawIfOver() {
    boolean valid = lease.isValid();
    if (wasValid && !valid) {
      log.warn("The Lease of this pod is over; streams that have begun go on");
      holdings.withdraw();
    } else if (!wasValid && valid) {
      controller.lookAtAll();
    }
    wasValid = valid;
  }

  /** Says what is left to say, within a few seconds. */
  @Override
  public void close() {
    Thread.interrupted(); // that was why it ends
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
