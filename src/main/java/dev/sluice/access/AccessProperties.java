package dev.sluice.access;

import static dev.sluice.configuration.TextForm.NETWORK;
import static java.time.temporal.ChronoUnit.SECONDS;

import dev.sluice.access.token.Tokens;
import dev.sluice.configuration.Within;
import dev.sluice.configuration.WrittenAs;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * Who may use the REST API, and its limits.
 *
 * @param tokens entries, see {@link Tokens}
 * @param tokensFile a file with such entries, read for each token; null for none
 * @param maxFailedLogins the number of wrong tokens in the window after which an address is refused
 * @param failedLoginWindow the window, which begins with the first wrong token; the address is
 *     refused until its end
 * @param maxRequests the maximum number of concurrent REST requests
 * @param maxConnectionsPerAddress the maximum number of HTTP connections of one address, or one
 *     IPv6 network of 64 bits
 * @param trustedProxies addresses and networks whose forwarded headers are trusted
 */
@Validated
@ConfigurationProperties("sluice.security")
record AccessProperties(
    @DefaultValue List<String> tokens,
    @Nullable Path tokensFile,
    @DefaultValue("20") @Min(1) int maxFailedLogins,
    @DefaultValue("1m") @DurationUnit(SECONDS) @Within(from = "1s", message = "{longer}")
        Duration failedLoginWindow,
    @DefaultValue("100") @Min(1) int maxRequests,
    @DefaultValue("256") @Min(1) int maxConnectionsPerAddress,
    @DefaultValue @WrittenAs(NETWORK) List<String> trustedProxies) {

  /** Leaves out the tokens, as logs may have this. */
  @Override
  public String toString() {
    return "AccessProperties[%d tokens, tokensFile=%s, maxFailedLogins=%d, failedLoginWindow=%s, maxRequests=%d, maxConnectionsPerAddress=%d]"
        .formatted(
            tokens.size(),
            tokensFile,
            maxFailedLogins,
            failedLoginWindow,
            maxRequests,
            maxConnectionsPerAddress);
  }
}
