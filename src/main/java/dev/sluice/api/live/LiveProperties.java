package dev.sluice.api.live;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.sluice.configuration.Within;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of waiting requests and events.
 *
 * @param waitsPerToken the maximum number of requests of one token that wait for a state
 * @param subscribers the maximum number of subscribers to events
 * @param subscribersPerToken the maximum number of subscribers of one token
 * @param heartbeat the interval of heartbeats while there are no events
 */
@Validated
@ConfigurationProperties("sluice.live")
public record LiveProperties(
    @DefaultValue("64") @Min(1) int waitsPerToken,
    @DefaultValue("128") @Min(1) int subscribers,
    @DefaultValue("64") @Min(1) int subscribersPerToken,
    @DefaultValue("15s") @DurationUnit(SECONDS) @Within(from = "1s", to = "1h")
        Duration heartbeat) {}
