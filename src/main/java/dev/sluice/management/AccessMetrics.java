package dev.sluice.management;

import dev.sluice.access.DeniedRequests;
import dev.sluice.access.HttpLimits;
import dev.sluice.access.http.HttpConnections;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** Meters of refused requests and of connections to the REST API. */
@Component
final class AccessMetrics implements MeterBinder {

  private final DeniedRequests denied;
  private final HttpConnections connections;

  AccessMetrics(DeniedRequests denied, HttpLimits limits) {
    this.denied = denied;
    this.connections = limits.connections();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (DeniedRequests.Reason reason : DeniedRequests.Reason.values()) {
      FunctionCounter.builder("sluice.api.refusals", denied, counts -> counts.count(reason))
          .description("REST requests that were refused before anything looked at them")
          .tag("reason", Tags.of(reason))
          .register(registry);
    }
    Gauge.builder("sluice.http.connections", connections, HttpConnections::count)
        .description("HTTP connections to the REST API")
        .register(registry);
    Gauge.builder(
            "sluice.http.connections.per.address",
            connections,
            HttpConnections::countOfBusiestAddress)
        .description("HTTP connections of the address that has most")
        .register(registry);
    Gauge.builder(
            "sluice.http.connections.per.address.limit",
            connections,
            HttpConnections::limitOfAddress)
        .description("How many one address may have")
        .register(registry);
  }
}
