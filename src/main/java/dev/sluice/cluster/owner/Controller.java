package dev.sluice.cluster.owner;

import dev.sluice.cluster.resource.StreamExport;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the Java Operator SDK, which reconciles resources when they change. Restarts it when its
 * watch has ended, as it does when the resource's definition is deleted.
 */
public final class Controller implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Controller.class);

  private static final int THREADS = 8;
  private static final Duration SYNC_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration MAX_RETRY_INTERVAL = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final String namespace;
  private final StreamExportReconciler reconciler;
  private final FailureLog failureLog;

  /** Has a permit for each watch that has ended. */
  private final Semaphore ended = new Semaphore(0);

  private volatile @Nullable Operator operator;
  private volatile boolean following;

  public Controller(
      KubernetesClient client,
      String namespace,
      StreamExportReconciler reconciler,
      FailureLog failureLog) {
    this.client = client;
    this.namespace = namespace;
    this.reconciler = reconciler;
    this.failureLog = failureLog;
  }

  /** Runs until {@code goesOn} is false, or the thread is interrupted. */
  public void run(BooleanSupplier goesOn, Duration leaseDuration) throws InterruptedException {
    while (goesOn.getAsBoolean()) {
      ended.drainPermits();
      try {
        begin(leaseDuration);
        if (!awaitEnd(goesOn)) {
          return;
        }
        log.warn("The watch of stream exports has ended and is started again");
      } catch (RuntimeException e) {
        failureLog.about("Stream exports cannot be watched now", e);
      }
      close();
      TimeUnit.NANOSECONDS.sleep(leaseDuration.dividedBy(3).toNanos());
    }
  }

  /** Polls {@code goesOn}, because the SDK may have consumed the interrupt. */
  private boolean awaitEnd(BooleanSupplier goesOn) throws InterruptedException {
    boolean watchEnded = false;
    while (!watchEnded && goesOn.getAsBoolean()) {
      follow();
      watchEnded = ended.tryAcquire(1, TimeUnit.SECONDS);
    }
    return watchEnded;
  }

  private void begin(Duration leaseDuration) {
    Operator next =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .checkingCRDAndValidateLocalModel(false)
                    .withStopOnInformerErrorDuringStartup(false)
                    .withCacheSyncTimeout(SYNC_TIMEOUT)
                    .withReconciliationTerminationTimeout(STOP_TIMEOUT)
                    .withInformerStoppedHandler((_, _) -> ended.release())
                    .withExecutorService(
                        Executors.newFixedThreadPool(
                            THREADS,
                            Thread.ofPlatform().daemon().name("cluster-worker-", 0).factory())));
    operator = next;
    next.register(reconciler, configuration -> configure(configuration, leaseDuration));
    next.start();
  }

  /** The SDK begins though it could not read them all in time, and goes on trying. */
  private void follow() {
    Operator begun = operator;
    if (!following && begun != null && begun.getRuntimeInfo().allEventSourcesAreHealthy()) {
      reconciler.known().areAllThere();
      following = true;
    }
  }

  private void configure(
      ControllerConfigurationOverrider<StreamExport> configuration, Duration leaseDuration) {
    long first = Math.max(1, leaseDuration.toMillis() / 30);
    configuration
        .settingNamespace(namespace)
        .withGenerationAware(false)
        .withTriggerReconcilerOnAllEvents(true)
        .withRetry(
            new GenericRetry()
                .setInitialInterval(first)
                .setIntervalMultiplier(2)
                .setMaxInterval(Math.max(first, MAX_RETRY_INTERVAL.toMillis()))
                .withoutMaxAttempts());
  }

  /** Returns whether all resources are known, and a watch keeps them up to date. */
  public boolean isFollowing() {
    return following;
  }

  /** Returns all known resources. */
  public List<StreamExport> resources() {
    return reconciler.known().all();
  }

  @Override
  public void close() {
    following = false;
    Operator last = operator;
    operator = null;
    if (last != null) {
      last.stop();
    }
  }
}
