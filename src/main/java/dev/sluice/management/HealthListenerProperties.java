package dev.sluice.management;

import java.net.InetAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/**
 * Where probes are answered, and how many at a time.
 *
 * @param address that of the REST API if null
 * @param port the one after that of the REST API if null; 0 for any free one, -1 for none
 * @param threads how many requests are answered at a time
 * @param timeout how long a connection may be silent
 * @param maxConnections how many there may be; then the oldest is closed
 * @param maxConnectionsPerAddress how many of one address, or one IPv6 network of 64 bits
 */
@ConfigurationProperties("sluice.health")
record HealthListenerProperties(
    @Nullable InetAddress address,
    @Nullable Integer port,
    @DefaultValue("8") int threads,
    @DefaultValue("3s") @DurationUnit(ChronoUnit.SECONDS) Duration timeout,
    @DefaultValue("256") int maxConnections,
    @DefaultValue("32") int maxConnectionsPerAddress)
    implements Validator {

  static final int NONE = -1;
  private static final int MAX_PORT = 65_535;

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

  /** The port to listen on, beside the one of the REST API. */
  int portBeside(int apiPort) {
    if (port != null) {
      return port;
    }
    return apiPort == 0 ? 0 : apiPort < 0 || apiPort == MAX_PORT ? NONE : apiPort + 1;
  }

  @Override
  public boolean supports(Class<?> type) {
    return type == HealthListenerProperties.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    ((HealthListenerProperties) target).check(errors);
  }

  private void check(Errors errors) {
    if (port != null && (port < NONE || port > MAX_PORT)) {
      errors.rejectValue("port", "range", "must be from -1 to " + MAX_PORT);
    }
    if (threads < 1) {
      errors.rejectValue("threads", "range", "must be 1 or more");
    }
    if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
      errors.rejectValue("timeout", "range", "must be from 1ms to 24d");
    }
    if (maxConnections < 1) {
      errors.rejectValue("maxConnections", "range", "must be 1 or more");
    }
    if (maxConnectionsPerAddress < 1) {
      errors.rejectValue("maxConnectionsPerAddress", "range", "must be 1 or more");
    }
  }
}
