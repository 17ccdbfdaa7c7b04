package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Slow;
import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/** A service whose NBD clients are on its own machine, and that has no port for others. */
@Slow("Starts a service for most tests.")
@Timeout(60)
class UnixOnlyTest {

  private static final String NO_TCP = "sluice.nbd.port=-1";

  private static Health health(RunningServer server) {
    return Objects.requireNonNull(server.bean("nbd", HealthIndicator.class).health());
  }

  @Test
  void clientsAreServedAndToldOfTheSocketAlone() throws Exception {
    try (RunningServer server = RunningServer.start(NO_TCP)) {
      assertThat(server.nbd().isListening()).isTrue();
      assertThat(server.nbd().boundAddress()).isNull();

      Export export = server.export("disk", Direction.READ, 4096);

      assertThat(server.uris().of(export.spec()))
          .extracting(URI::getScheme)
          .containsExactly("nbd+unix");
      try (RawNbdClient client = RawNbdClient.connect(server.unix())) {
        assertThat(client.go("disk").size()).isEqualTo(4096);
      }
    }
  }

  @Test
  void itIsReadyAndSaysWhereItListens() {
    try (RunningServer server = RunningServer.start(NO_TCP)) {
      assertThat(health(server).getStatus()).isEqualTo(Status.UP);
      assertThat(health(server).getDetails())
          .containsEntry("unixSocket", server.path("nbd.sock").toString())
          .doesNotContainKey("address");
    }
  }

  @Test
  void withoutASocketEitherItIsNotReady() {
    try (RunningServer server = RunningServer.start(NO_TCP, "sluice.nbd.unix-socket=")) {
      assertThat(server.nbd().isListening()).isFalse();
      assertThat(health(server).getStatus()).isEqualTo(Status.DOWN);
    }
  }
}
