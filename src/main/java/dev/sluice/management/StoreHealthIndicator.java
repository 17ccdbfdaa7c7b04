package dev.sluice.management;

import dev.sluice.export.ExportRegistry;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Up while the state of exports can be written to the store, or if there is no store; part of the
 * readiness group. Details: why it cannot be written.
 */
@Component("store")
class StoreHealthIndicator implements HealthIndicator {

  private final ExportRegistry registry;

  StoreHealthIndicator(ExportRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Health health() {
    Optional<String> trouble = registry.recordTrouble();
    return trouble
        .map(why -> Health.outOfService().withDetail("reason", why).build())
        .orElseGet(() -> Health.up().build());
  }
}
