package dev.sluice.api.live;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much may be told of exports as it happens.
 *
 * @param waitsPerToken requests of one token that wait for a state
 */
@Validated
@ConfigurationProperties("sluice.live")
public record LiveProperties(@DefaultValue("64") @Min(1) int waitsPerToken) {}
