package dev.sluice.cluster;

import dev.sluice.api.ExportMaker;
import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.resource.ResourceListener;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes part in the cluster from when this service is ready until its streams have ended. What has
 * to do with Kubernetes is loaded by a thread of its own.
 */
public final class ClusterMember
    implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

  private static final Logger log = LoggerFactory.getLogger(ClusterMember.class);

  /** Stops after the streams, which stop first of all, and before the web server. */
  private static final int PHASE = Integer.MAX_VALUE - 1;

  private static final long STOPS_WITHIN_MILLIS = 10_000;

  private final KubernetesProperties properties;
  private final ExportProperties exports;
  private final ExportRegistry registry;
  private final ExportMaker maker;
  private final ResourceListener listener;
  private final Entrance entrance;
  private final JsonMapper json;
  private final ClusterSignals signals;
  private volatile boolean running;
  private volatile @Nullable ClusterSession session;
  private volatile @Nullable Thread thread;

  ClusterMember(
      KubernetesProperties properties,
      ExportProperties exports,
      ExportRegistry registry,
      ExportMaker maker,
      ResourceListener listener,
      Entrance entrance,
      JsonMapper json,
      ClusterSignals signals) {
    this.properties = properties;
    this.exports = exports;
    this.registry = registry;
    this.maker = maker;
    this.listener = listener;
    this.entrance = entrance;
    this.json = json;
    this.signals = signals;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    thread = Thread.ofPlatform().daemon().name("cluster").start(this::takePart);
  }

  private void takePart() {
    try (ClusterSession taken =
        new ClusterSession(
            properties, exports.max(), registry, maker, listener, entrance, json, signals)) {
      session = taken;
      taken.run(() -> running);
      session = null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | LinkageError e) {
      log.error("This pod takes no part in the cluster; start it again", e);
      signals.isTroubledBy("it takes no part in the cluster; start it again: " + e);
    } finally {
      session = null;
    }
  }

  /** The exports of all pods; empty while this one does not know them. */
  public Optional<SharedExports> shared() {
    ClusterSession now = session;
    return now == null ? Optional.empty() : now.shared();
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    Thread taking = thread;
    if (taking == null) {
      return;
    }
    taking.interrupt();
    try {
      taking.join(STOPS_WITHIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
