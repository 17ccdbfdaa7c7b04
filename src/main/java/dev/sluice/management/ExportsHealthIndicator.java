package dev.sluice.management;

import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Up while another export can be made; part of the readiness group. Details: the number of exports
 * that have not ended, and its limit.
 */
@Component("exports")
class ExportsHealthIndicator implements HealthIndicator {

  private final ExportRegistry registry;
  private final ExportProperties properties;

  ExportsHealthIndicator(ExportRegistry registry, ExportProperties properties) {
    this.registry = registry;
    this.properties = properties;
  }

  @Override
  public Health health() {
    int open = registry.openCount();
    Optional<String> shortage = registry.shortage();
    Health.Builder health = Health.up();
    if (registry.isStopping()) {
      health = Health.outOfService().withDetail("reason", "the service is stopping");
    } else if (shortage.isPresent()) {
      health = Health.outOfService().withDetail("reason", shortage.get());
    } else if (open >= properties.max()) {
      health =
          Health.outOfService()
              .withDetail("reason", "sluice.exports.max permits no more exports until one ends");
    }
    return health.withDetail("open", open).withDetail("limit", properties.max()).build();
  }
}
