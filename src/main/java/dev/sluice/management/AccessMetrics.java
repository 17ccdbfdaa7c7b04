package dev.sluice.management;

import dev.sluice.access.Refusals;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** Meters of who was not let in to the REST API. */
@Component
final class AccessMetrics implements MeterBinder {

  private final Refusals refusals;

  AccessMetrics(Refusals refusals) {
    this.refusals = refusals;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Refusals.Reason reason : Refusals.Reason.values()) {
      FunctionCounter.builder("sluice.api.refusals", refusals, counts -> counts.count(reason))
          .description("REST requests that were refused before anything looked at them")
          .tag("reason", Tags.of(reason))
          .register(registry);
    }
  }
}
