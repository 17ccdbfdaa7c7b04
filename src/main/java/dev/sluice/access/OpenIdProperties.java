package dev.sluice.access;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

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
@ConfigurationProperties("sluice.security.openid")
record OpenIdProperties(
    @DefaultValue("4s") @DurationUnit(ChronoUnit.SECONDS) Duration timeout,
    @DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration fetchInterval,
    @DefaultValue("5m") @DurationUnit(ChronoUnit.SECONDS) Duration refreshInterval,
    @DefaultValue("16") int maxWaiting,
    @DefaultValue("1MB") DataSize maxAnswer)
    implements Validator {

  private static final Duration SHORTEST = Duration.ofMillis(1);

  @Override
  public boolean supports(Class<?> type) {
    return type == OpenIdProperties.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    ((OpenIdProperties) target).check(errors);
  }

  private void check(Errors errors) {
    if (timeout.compareTo(SHORTEST) < 0) {
      errors.rejectValue("timeout", "range", "must be 1ms or longer");
    }
    if (fetchInterval.isNegative()) {
      errors.rejectValue("fetchInterval", "range", "must be 0 or longer");
    }
    if (refreshInterval.compareTo(fetchInterval) < 0) {
      errors.rejectValue("refreshInterval", "range", "must be no shorter than fetch-interval");
    }
    if (maxWaiting < 1) {
      errors.rejectValue("maxWaiting", "range", "must be 1 or more");
    }
    if (maxAnswer.toBytes() < 1) {
      errors.rejectValue("maxAnswer", "range", "must be 1B or more");
    }
  }
}
