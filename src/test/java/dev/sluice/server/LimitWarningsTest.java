package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.server.handshake.LimitLog;
import dev.sluice.stream.Direction;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the log says of a connection that a limit closed: whose it was, the limit and its key. */
@Timeout(60)
class LimitWarningsTest {

  private static void assertWarns(Warnings warnings, String... words) {
    await()
        .untilAsserted(
            () -> assertThat(warnings.list()).singleElement().asString().contains(words));
  }

  @Test
  void thereAreTooManyConnections() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-connections=1");
        Warnings warnings = Warnings.of(LimitLog.class.getName());
        RawNbdClient first = server.connect();
        RawNbdClient surplus = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
      assertThat(surplus.isClosedByServer()).isTrue();

      assertWarns(warnings, "127.0.0.1", " 1 connections", "sluice.nbd.max-connections permits");
      assertThat(first.option(Conformance.LIST)).hasSize(1);
    }
  }

  @Test
  void anAddressHasTooMany() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-connections-per-address=1");
        Warnings warnings = Warnings.of(LimitLog.class.getName());
        RawNbdClient first = server.connect();
        RawNbdClient surplus = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
      assertThat(surplus.isClosedByServer()).isTrue();

      assertWarns(
          warnings, "127.0.0.1", " 1 connections", "sluice.nbd.max-connections-per-address");
      assertThat(first.option(Conformance.LIST)).hasSize(1);
    }
  }

  @Test
  void anExportHasTooMany() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-connections-per-export=1");
        Warnings warnings = Warnings.of(LimitLog.class.getName());
        RawNbdClient first = server.connect();
        RawNbdClient surplus = server.connect()) {
      server.export("disk", Direction.WRITE, 4096);
      first.go("disk");

      assertThat(catchThrowable(() -> surplus.go("disk"))).isNotNull();

      assertWarns(
          warnings,
          "127.0.0.1",
          "'disk' has 1 connections",
          "sluice.nbd.max-connections-per-export");
    }
  }

  @Test
  void aHandshakeTakesTooLong() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.handshake-timeout=50ms");
        Warnings warnings = Warnings.of(LimitLog.class.getName());
        RawNbdClient silent = RawNbdClient.open(server.tcp(), Duration.ofSeconds(5))) {
      assertThat(silent).isNotNull();

      assertWarns(warnings, "127.0.0.1", "50 ms", "sluice.nbd.handshake-timeout");
    }
  }

  @Test
  void anOptionIsTooLong() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-option-length=8KB");
        Warnings warnings = Warnings.of(LimitLog.class.getName());
        RawNbdClient client = server.connect()) {
      client.option(Conformance.LIST, new byte[8193]);

      assertWarns(warnings, "127.0.0.1", "8192 bytes", "sluice.nbd.max-option-length");
    }
  }

  @Test
  void aHandshakeHasTooManyOptions() throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.max-options=16");
        Warnings warnings = Warnings.of(LimitLog.class.getName());
        RawNbdClient client = RawNbdClient.connect(server.unix())) {
      for (int i = 0; i < 17; i++) {
        client.option(Conformance.LIST);
      }

      assertWarns(warnings, "the Unix socket", "16 options", "sluice.nbd.max-options");
    }
  }
}
