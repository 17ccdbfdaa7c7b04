package dev.sluice.management;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;

/**
 * Sends the last metrics and spans after every stream has ended, and waits up to a limit for the
 * servers to accept them. Spring would do so earlier and without a limit; {@link ClosesLater}
 * prevents that.
 */
@Component
final class LastTelemetry implements SmartInitializingSingleton, DisposableBean {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(LastTelemetry.class);

  /** The bean that closes the registries. If Spring Boot renames it, the service does not start. */
  private static final String CLOSER = "meterRegistryCloser";

  private final ApplicationEventMulticaster events;
  private final ApplicationListener<ContextClosedEvent> closer;
  private final List<MeterRegistry> metrics;
  private final List<SdkTracerProvider> spans;

  /** Whether {@link #sendLastMetrics} was called. Only the shutdown thread uses it. */
  private boolean sent;

  LastTelemetry(
      ApplicationEventMulticaster events,
      @Qualifier(CLOSER) ApplicationListener<ContextClosedEvent> closer,
      List<MeterRegistry> metrics,
      ObjectProvider<SdkTracerProvider> spans,
      Environment environment) {
    this.events = events;
    this.closer = closer;
    this.metrics = metrics;
    this.spans = spans.stream().toList();
    Assert.state(
        this.spans.isEmpty() != TracingSwitch.isOn(environment),
        "what sends spans is not where it was, or there without traces");
  }

  @Override
  public void afterSingletonsInstantiated() {
    events.removeApplicationListenerBeans(CLOSER::equals);
    events.removeApplicationListeners(closer::equals);
  }

  /**
   * Closes the registries, which sends their metrics. It does so on another thread, because the
   * receiver may never respond.
   */
  void sendLastMetrics() throws InterruptedException {
    sent = true;
    Thread sending = Thread.ofPlatform().name("last-metrics").daemon().start(this::closeRegistries);
    if (!sending.join(LIMIT)) {
      log.warn("The last metrics have not been taken within {} s", LIMIT.toSeconds());
    }
  }

  private void closeRegistries() {
    for (MeterRegistry registry : metrics) {
      if (!registry.isClosed()) {
        registry.close();
      }
    }
  }

  /** Shuts down tracing, which sends the last spans. Does nothing without tracing. */
  void sendLastSpans() {
    for (SdkTracerProvider provider : spans) {
      if (!provider.shutdown().join(LIMIT.toSeconds(), TimeUnit.SECONDS).isDone()) {
        log.warn("The last spans have not been taken within {} s", LIMIT.toSeconds());
      }
    }
  }

  /** Sends if {@link Shutdown} has not run, because the start failed. */
  @Override
  public void destroy() throws InterruptedException {
    if (!sent) {
      sendLastMetrics();
      sendLastSpans();
    }
  }
}
