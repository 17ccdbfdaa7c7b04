package dev.sluice.management;

import dev.sluice.posix.FilePath;
import dev.sluice.server.NbdProperties;
import dev.sluice.server.NbdServer;
import java.net.InetSocketAddress;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Up while the NBD listener is bound and accepts connections; part of the readiness group. Details:
 * its addresses, the number of sessions, and the number of connections and its limit.
 */
@Component("nbd")
class NbdHealthIndicator implements HealthIndicator {

  private final NbdServer server;
  private final NbdProperties properties;

  NbdHealthIndicator(NbdServer server, NbdProperties properties) {
    this.server = server;
    this.properties = properties;
  }

  @Override
  public Health health() {
    if (!server.isListening()) {
      return Health.down().withDetail("reason", "the NBD listener is not bound").build();
    }
    int connections = server.connectionCount();
    int limit = properties.maxConnections();
    Health.Builder health =
        connections < limit
            ? Health.up()
            : Health.outOfService()
                .withDetail("reason", "sluice.nbd.max-connections permits no more connections");
    InetSocketAddress address = server.boundAddress();
    if (address != null) {
      health.withDetail("address", address.toString());
    }
    FilePath socket = properties.unixSocketPath();
    if (socket != null) {
      health.withDetail("unixSocket", socket.toString());
    }
    return health
        .withDetail("sessions", server.sessionCount())
        .withDetail("connections", connections)
        .withDetail("limit", limit)
        .build();
  }
}
