package dev.sluice.access;

import dev.sluice.client.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/**
 * Who may use the REST API, and how much of it.
 *
 * @param tokens entries as {@link Token#parse} reads them
 * @param tokensFile a file with such entries, read again when it changes
 * @param maxFailedLogins wrong tokens from one address within the window
 * @param failedLoginWindow how long an address with so many is refused, from the first of them
 * @param maxRequests REST requests that are answered at a time
 * @param maxConnectionsPerAddress HTTP connections of one address, or one IPv6 network of 64 bits
 * @param trustedProxies addresses and networks whose forwarded headers are heeded
 */
@ConfigurationProperties("sluice.security")
record AccessProperties(
    @DefaultValue List<String> tokens,
    @Nullable Path tokensFile,
    @DefaultValue("20") int maxFailedLogins,
    @DefaultValue("1m") @DurationUnit(ChronoUnit.SECONDS) Duration failedLoginWindow,
    @DefaultValue("100") int maxRequests,
    @DefaultValue("256") int maxConnectionsPerAddress,
    @DefaultValue List<String> trustedProxies)
    implements Validator {

  private static final Duration MIN_WINDOW = Duration.ofSeconds(1);

  /** Keeps the tokens out of logs. */
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

  @Override
  public boolean supports(Class<?> type) {
    return type == AccessProperties.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    ((AccessProperties) target).check(errors);
  }

  private void check(Errors errors) {
    if (maxFailedLogins < 1) {
      errors.rejectValue("maxFailedLogins", "range", "must be 1 or more");
    }
    if (failedLoginWindow.compareTo(MIN_WINDOW) < 0) {
      errors.rejectValue("failedLoginWindow", "range", "must be 1s or longer");
    }
    if (maxRequests < 1) {
      errors.rejectValue("maxRequests", "range", "must be 1 or more");
    }
    if (maxConnectionsPerAddress < 1) {
      errors.rejectValue("maxConnectionsPerAddress", "range", "must be 1 or more");
    }
    for (String proxy : trustedProxies) {
      try {
        Network.parse(proxy);
      } catch (IllegalArgumentException e) {
        errors.rejectValue("trustedProxies", "form", String.valueOf(e.getMessage()));
      }
    }
  }
}
