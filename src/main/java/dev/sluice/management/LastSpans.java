package dev.sluice.management;

import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/** Sends the last spans when every stream has ended, and does not wait long for who takes them. */
@Component
@Conditional(TracingSwitch.class)
final class LastSpans implements SmartLifecycle {

  private static final int LIMIT_SECONDS = 5;

  private static final Logger log = LoggerFactory.getLogger(LastSpans.class);

  private final SdkTracerProvider spans;
  private volatile boolean running;

  LastSpans(SdkTracerProvider spans) {
    this.spans = spans;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    if (!spans.shutdown().join(LIMIT_SECONDS, TimeUnit.SECONDS).isDone()) {
      log.warn("The last spans have not been taken within {} s", LIMIT_SECONDS);
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return LastMetrics.PHASE;
  }
}
