package dev.sluice.management;

import dev.sluice.export.ExportRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.stereotype.Component;

/**
 * Has metrics go on until the last stream has ended, and be sent a last time then. Spring Boot
 * closes their registries at the first that is heard of the end, before streams are drained.
 */
@Component
final class LastMetrics implements SmartLifecycle {

  /** Stops behind all that is measured. */
  static final int PHASE = ExportRegistry.PHASE - 1024;

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(LastMetrics.class);

  private static final String CLOSER = "meterRegistryCloser";

  private final ApplicationContext context;
  private final ApplicationEventMulticaster events;
  private final ApplicationListener<ContextClosedEvent> closer;
  private volatile boolean running;

  LastMetrics(
      ApplicationContext context,
      ApplicationEventMulticaster events,
      @Qualifier(CLOSER) ApplicationListener<ContextClosedEvent> closer) {
    this.context = context;
    this.events = events;
    this.closer = closer;
  }

  @Override
  public void start() {
    events.removeApplicationListenerBeans(CLOSER::equals);
    events.removeApplicationListeners(closer::equals);
    running = true;
  }

  /** Whoever takes the metrics may never answer, so this waits on another thread. */
  @Override
  public void stop() {
    Thread sending =
        Thread.ofPlatform()
            .name("last-metrics")
            .daemon()
            .start(() -> closer.onApplicationEvent(new ContextClosedEvent(context)));
    try {
      if (!sending.join(LIMIT)) {
        log.warn("The last metrics have not been taken within {} s", LIMIT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
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
