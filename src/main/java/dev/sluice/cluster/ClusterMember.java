package dev.sluice.cluster;

import dev.sluice.api.ExportMaker;
import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.cluster.resource.ResourceListener;
import dev.sluice.cluster.resource.Windows;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.window.WindowMemory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a {@link ClusterSession} from when this service is ready until its streams have ended. A
 * thread of its own loads everything that has to do with Kubernetes.
 */
public final class ClusterMember
    implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

  private static final Logger log = LoggerFactory.getLogger(ClusterMember.class);

  /** Stops after the streams, which stop first, and before the web server. */
  private static final int PHASE = Integer.MAX_VALUE - 1;

  private static final long STOPS_WITHIN_MILLIS = 10_000;

  private final KubernetesProperties properties;
  private final Windows windows;
  private final OwnRoom room;
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
      WindowMemory memory,
      ExportRegistry registry,
      ExportMaker maker,
      ResourceListener listener,
      Entrance entrance,
      JsonMapper json,
      ClusterSignals signals) {
    this.properties = properties;
    this.windows = new Windows(exports);
    this.room = new OwnRoom(registry, memory, exports.max(), entrance, properties);
    this.registry = registry;
    this.maker = maker;
    this.listener = listener;
    this.entrance = entrance;
    this.json = json;
    this.signals = signals;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    thread = Thread.ofPlatform().daemon().name("cluster").start(this::runSession);
  }

  private void runSession() {
    try (ClusterSession opened =
        new ClusterSession(
            properties, windows, room, registry, maker, listener, entrance, json, signals)) {
      session = opened;
      opened.run(() -> running);
      session = null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | LinkageError e) {
      log.error("This pod is not a member of the cluster. Restart it", e);
      signals.isTroubledBy("this pod is not a member of the cluster, restart it: " + e);
    } finally {
      session = null;
    }
  }

  /** Returns the exports of all pods; empty while this pod does not know them. */
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
    Thread current = thread;
    if (current == null) {
      return;
    }
    current.interrupt();
    try {
      current.join(STOPS_WITHIN_MILLIS);
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
