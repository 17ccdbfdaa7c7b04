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
 * How much may be told of exports as it happens.
 *
 * @param waitsPerToken requests of one token that wait for a state
 * @param subscribers how many there may be
 * @param subscribersPerToken how many of them one token may have
 * @param heartbeat how long a subscriber hears nothing where nothing happens
 */
@Validated
@ConfigurationProperties("sluice.live")
public record LiveProperties(
    @DefaultValue("64") @Min(1) int waitsPerToken,
    @DefaultValue("128") @Min(1) int subscribers,
    @DefaultValue("64") @Min(1) int subscribersPerToken,
    @DefaultValue("15s") @DurationUnit(SECONDS) @Within(from = "1s", to = "1h")
        Duration heartbeat) {}
