package dev.sluice.management;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.sluice.configuration.Within;
import jakarta.validation.constraints.Min;
import java.net.InetAddress;
import java.time.Duration;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * The listener for probes, and its limits.
 *
 * @param address the address to listen on; null for that of the REST API
 * @param port the port; null for the one after that of the REST API, 0 for any free one, -1 for no
 *     listener
 * @param threads the maximum number of concurrent requests
 * @param timeout how long a connection may be silent
 * @param maxConnections the maximum number of connections; beyond it the oldest is closed
 * @param maxConnectionsPerAddress the same for one address, or one IPv6 network of 64 bits
 */
@Validated
@ConfigurationProperties("sluice.health")
record HealthListenerProperties(
    @Nullable InetAddress address,
    @Range(min = -1, max = 65_535) @Nullable Integer port,
    @DefaultValue("8") @Min(1) int threads,
    @DefaultValue("3s") @DurationUnit(SECONDS) @Within(from = "1ms", to = "24d") Duration timeout,
    @DefaultValue("256") @Min(1) int maxConnections,
    @DefaultValue("32") @Min(1) int maxConnectionsPerAddress) {

  static final int NONE = -1;
  private static final int MAX_PORT = 65_535;

  /**
   * Returns the port to listen on; {@link #NONE} for none.
   *
   * @param apiPort the configured port of the REST API
   */
  int portBeside(int apiPort) {
    if (port != null) {
      return port;
    }
    return apiPort == 0 ? 0 : apiPort < 0 || apiPort == MAX_PORT ? NONE : apiPort + 1;
  }
}
