package dev.sluice.access;

import jakarta.validation.constraints.Positive;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who may use the REST API, and how much of it.
 *
 * @param tokens entries as {@link Token#parse} reads them
 * @param tokensFile a file with such entries, read again when it changes
 * @param maxFailedLogins wrong tokens from one address within the window
 * @param failedLoginWindow how long an address with so many is refused, from the first of them
 * @param maxRequests REST requests that are answered at a time
 */
@Validated
@ConfigurationProperties("sluice.security")
record AccessProperties(
    @DefaultValue List<String> tokens,
    @Nullable Path tokensFile,
    @DefaultValue("20") @Positive int maxFailedLogins,
    @DefaultValue("1m") @DurationMin(seconds = 1) Duration failedLoginWindow,
    @DefaultValue("100") @Positive int maxRequests) {

  /** Keeps the tokens out of logs. */
  @Override
  public String toString() {
    return "AccessProperties[%d tokens, tokensFile=%s, maxFailedLogins=%d, failedLoginWindow=%s, maxRequests=%d]"
        .formatted(tokens.size(), tokensFile, maxFailedLogins, failedLoginWindow, maxRequests);
  }
}
