package dev.sluice.management;

import dev.sluice.server.NbdServer;
import java.net.InetSocketAddress;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Up while the NBD listener accepts connections; part of the readiness group. */
@Component("nbd")
class NbdHealthIndicator implements HealthIndicator {

  private final NbdServer server;

  NbdHealthIndicator(NbdServer server) {
    this.server = server;
  }

  @Override
  public Health health() {
    InetSocketAddress address = server.boundAddress();
    if (address == null) {
      return Health.down().withDetail("reason", "the NBD listener is not bound").build();
    }
    return Health.up()
        .withDetail("address", address.toString())
        .withDetail("sessions", server.sessionCount())
        .build();
  }
}
