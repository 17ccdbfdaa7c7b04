package dev.sluice.export;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Lets the streams that have clients go on when the service is told to stop, until they end or
 * {@code sluice.exports.drain-timeout} is over. The REST API is there meanwhile, and for {@code
 * sluice.exports.drain-linger} after the last end, so that whoever waits for it hears of it.
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

  @Override
  public void stop() {
    try {
      List<Export> busy = registry.drain(Duration.ZERO);
      if (!busy.isEmpty() && timeout.isPositive()) {
        drain(busy);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  private void drain(List<Export> busy) throws InterruptedException {
    log.info(
        "The service stops when {} stream(s) have ended, or after {} s",
        busy.size(),
        timeout.toSeconds());
    List<Export> left = registry.drain(timeout);
    if (left.isEmpty()) {
      Thread.sleep(linger);
    }
    for (Export export : left) {
      log.warn("Export {} has not ended in time", export.name());
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
