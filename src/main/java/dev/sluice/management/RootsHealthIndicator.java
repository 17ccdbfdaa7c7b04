package dev.sluice.management;

import dev.sluice.export.ExportRegistry;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Up while FIFOs can be made in every root, which is tried; part of the readiness group. Details:
 * why they cannot.
 */
@Component("roots")
class RootsHealthIndicator implements HealthIndicator {

  private final ExportRegistry registry;

  RootsHealthIndicator(ExportRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Health health() {
    List<String> troubles = registry.rootTroubles();
    return troubles.isEmpty()
        ? Health.up().build()
        : Health.outOfService().withDetail("reason", String.join("; ", troubles)).build();
  }
}
