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
 * How often and how long an OpenID provider is asked for its keys: whoever presents a token decides
 * when.
 *
 * @param timeout how long a fetch of the keys may take, and whoever waits for it waits
 * @param fetchInterval how long the outcome of a fetch holds, good or bad
 * @param refreshInterval how old keys may be before they are fetched again, since the provider may
 *     have taken one back
 * @param maxWaiting how many requests may wait for a fetch, fewer than there are threads by far
 * @param maxAnswer how long an answer of the provider may be
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
