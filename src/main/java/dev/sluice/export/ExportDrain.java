package dev.sluice.export;

import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Lets the streams that have clients go on when the service is told to stop, until they end or
 * {@code sluice.exports.drain-timeout} is over; then ends what is left. The REST API is there
 * meanwhile, and for {@code sluice.exports.drain-linger} after the last end, so that whoever waits
 * for it hears of it.
 */
@Component
final class ExportDrain implements SmartLifecycle {

  /**
   * Stops after the listeners, which are in the default phase, so that no client comes; and before
   * the web server begins to.
   */
  private static final int PHASE = DEFAULT_PHASE - 512;

  private static final Logger log = LoggerFactory.getLogger(ExportDrain.class);

  private final ExportRegistry registry;
  private final Duration timeout;
  private final Duration linger;
  private volatile boolean running;

  ExportDrain(ExportRegistry registry, ExportProperties properties) {
    this.registry = registry;
    this.timeout = properties.drainTimeout();
    this.linger = properties.drainLinger();
  }

  @Override
  public void start() {
    running = true;
  }

  /** The first that is heard of the end, before anything stops. */
  @EventListener(ContextClosedEvent.class)
  void refuseNewExports() {
    registry.refuseNew();
  }

  @Override
  public void stop() {
    try {
      List<Export> busy = registry.drain(Duration.ZERO);
      if (!busy.isEmpty() && timeout.isPositive()) {
        log.info(
            "The service stops when {} stream(s) have ended, or after {} s",
            busy.size(),
            timeout.toSeconds());
        busy = registry.drain(timeout);
      }
      for (Export export : busy) {
        log.warn("Export {} has not ended in time", export.name());
      }
      // Whoever waits in a request for one of them is answered by that.
      registry.stop();
      if (registry.list().stream().anyMatch(this::hasJustEnded)) {
        Thread.sleep(linger);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  /** Whether somebody may still want to know how it ended. */
  private boolean hasJustEnded(Export export) {
    StreamStatus status = export.stream().status();
    Instant end = status.endedAt();
    return status.startedAt() != null && end != null && end.plus(linger).isAfter(Instant.now());
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
