package dev.sluice.access.openid;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.sluice.configuration.RelatedKeys;
import dev.sluice.configuration.Within;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of requests to an OpenID provider for its keys, which anybody can cause by presenting a
 * token.
 *
 * @param timeout the maximum time of each request to the provider, and of a caller's wait for the
 *     keys
 * @param fetchInterval how long the outcome of a fetch holds, good or bad
 * @param refreshInterval the age at which keys are fetched again, since the provider may have
 *     revoked one
 * @param maxWaiting the maximum number of requests that wait for a fetch; it should be far below
 *     the number of threads
 * @param maxAnswer the maximum length of the provider's response
 */
@Validated
@ConfigurationProperties("sluice.security.openid")
record OpenIdProperties(
    @DefaultValue("4s") @DurationUnit(SECONDS) @Within(from = "1ms", message = "{longer}")
        Duration timeout,
    @DefaultValue("10s") @DurationUnit(SECONDS) @Within(message = "{longer}")
        Duration fetchInterval,
    @DefaultValue("5m") @DurationUnit(SECONDS) Duration refreshInterval,
    @DefaultValue("16") @Min(1) int maxWaiting,
    @DefaultValue("1MB") @Within(from = "1B", message = "{more}") DataSize maxAnswer)
    implements RelatedKeys {

  @Override
  public Map<String, String> misfits() {
    return refreshInterval.compareTo(fetchInterval) < 0
        ? Map.of("refreshInterval", "must be no shorter than fetch-interval")
        : Map.of();
  }
}
