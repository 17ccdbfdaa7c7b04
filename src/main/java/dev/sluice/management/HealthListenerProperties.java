package dev.sluice.management;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/**
 * Where probes are answered.
 *
 * @param address that of the REST API if null
 * @param port the one after that of the REST API if null; 0 for any free one, -1 for none
 */
@ConfigurationProperties("sluice.health")
record HealthListenerProperties(@Nullable InetAddress address, @Nullable Integer port)
    implements Validator {

  static final int NONE = -1;
  private static final int MAX_PORT = 65_535;

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
    Integer chosen = ((HealthListenerProperties) target).port();
    if (chosen != null && (chosen < NONE || chosen > MAX_PORT)) {
      errors.rejectValue("port", "range", "must be from -1 to " + MAX_PORT);
    }
  }
}
