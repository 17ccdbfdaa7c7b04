package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakeLimitsTest {

  @Test
  void aClientThatSaysNothingIsDroppedAtTheDeadline() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.handshake-timeout=300ms");
        RawNbdClient client = server.connect()) {
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void theDeadlineEndsWithTheHandshake() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.handshake-timeout=300ms");
        RawNbdClient chosen = server.connect();
        RawNbdClient silent = server.connect()) {
      server.export("kept", Direction.WRITE, 4096);
      chosen.go("kept");
      assertThat(silent.isClosedByServer()).isTrue();
      assertThat(chosen.read(0, 1)).containsExactly(0);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAtOnceAndThoseBelowServed() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-connections=3")) {
      server.export("busy", Direction.WRITE, 4096);
      List<RawNbdClient> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(server.connect());
      }
      clients.getFirst().go("busy");
      try (RawNbdClient surplus = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
        assertThat(surplus.isClosedByServer()).isTrue();
      }
      clients.getLast().close();
      await()
          .ignoreExceptions()
          .until(
              () -> {
                try (RawNbdClient another = server.connect()) {
                  return another.go("busy").size() == 4096;
                }
              });
      for (RawNbdClient client : clients) {
        client.close();
      }
    }
  }
}
