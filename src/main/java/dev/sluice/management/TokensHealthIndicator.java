package dev.sluice.management;

import dev.sluice.access.token.Tokens;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Up while the file of tokens can be used, or if there is none. It is not in the readiness group,
 * because NBD clients need no token. Details: what is wrong with the file.
 */
@Component
class TokensHealthIndicator implements HealthIndicator {

  private final Tokens tokens;

  TokensHealthIndicator(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public Health health() {
    return tokens
        .trouble()
        .map(trouble -> Health.outOfService().withDetail("reason", trouble).build())
        .orElseGet(() -> Health.up().build());
  }
}
