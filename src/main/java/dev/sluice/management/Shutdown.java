package dev.sluice.management;

import dev.sluice.api.events.ExportEvents;
import dev.sluice.export.Export;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.server.NbdServer;
import dev.sluice.stream.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Stops the service step by step. It starts last, when it opens the NBD listeners, so it stops
 * first. The REST API stays available during these steps: Spring stops the web server after them.
 */
@Component
final class Shutdown implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  /** A step of the shutdown. An interrupt ends its waits, and those of all steps after it. */
  private interface Step {
    void run() throws InterruptedException;
  }

  private final ExportRegistry exports;
  private final NbdServer server;
  private final Duration drainTimeout;
  private final Duration drainLinger;
  private final List<Step> steps;
  private volatile boolean running;

  Shutdown(
      ExportRegistry exports,
      NbdServer server,
      ExportProperties properties,
      ExportEvents events,
      LastTelemetry telemetry) {
    this.exports = exports;
    this.server = server;
    this.drainTimeout = properties.drainTimeout();
    this.drainLinger = properties.drainLinger();
    this.steps =
        List.of(
            exports::refuseNew,
            server::stop,
            this::drainStreams,
            exports::stop,
            this::lingerForThoseWhoPoll,
            events::close,
            telemetry::sendLastMetrics,
            telemetry::sendLastSpans);
  }

  @Override
  public void start() {
    server.start();
    running = true;
  }

  @Override
  public void stop() {
    for (Step step : steps) {
      try {
        step.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        log.error("A step of the shutdown failed; the next ones follow", e);
      }
    }
    running = false;
  }

  /** Waits for streams that have clients, here or relayed, to end, up to {@code drain-timeout}. */
  private void drainStreams() throws InterruptedException {
    long deadline = System.nanoTime() + drainTimeout.toNanos();
    List<Export> busy = exports.drain(Duration.ZERO);
    if (!busy.isEmpty() && drainTimeout.isPositive()) {
      log.info(
          "The service stops when {} stream(s) have ended, or after {} s",
          busy.size(),
          drainTimeout.toSeconds());
      busy = exports.drain(drainTimeout);
    }
    for (Export export : busy) {
      log.warn("Export {} has not ended in time", export.name());
    }
    server.relays().awaitEnd(Duration.ofNanos(deadline - System.nanoTime()));
  }

  /**
   * Keeps the REST API up for {@code drain-linger} if an export has just ended, so that callers who
   * poll see how it ended.
   */
  private void lingerForThoseWhoPoll() throws InterruptedException {
    if (exports.list().stream().anyMatch(this::hasJustEnded)) {
      Thread.sleep(drainLinger);
    }
  }

  private boolean hasJustEnded(Export export) {
    StreamStatus status = export.stream().status();
    Instant end = status.endedAt();
    return status.startedAt() != null
        && end != null
        && end.plus(drainLinger).isAfter(Instant.now());
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
