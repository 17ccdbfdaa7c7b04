package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.Direction;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The host and port that clients are told. */
@Timeout(60)
class NbdUrisTest {

  private static int port(RunningServer server) {
    return Objects.requireNonNull(server.nbd().boundAddress()).getPort();
  }

  private static URI uri(RunningServer server) {
    Export export = server.export("disk", Direction.READ, 4096);
    return server.uris().of(export.spec()).getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "sluice.example.org, sluice.example.org",
    "192.0.2.1, 192.0.2.1",
    "2001:db8::1, [2001:db8::1]",
    "[2001:db8::1], [2001:db8::1]",
  })
  void theHostThatIsConfigured(String configured, String told) {
    try (RunningServer server = RunningServer.start("sluice.nbd.advertised-host=" + configured)) {
      assertThat(uri(server)).hasToString("nbd://%s:%d/disk", told, port(server));
    }
  }

  @Test
  void thePortThatIsConfigured() {
    try (RunningServer server =
        RunningServer.start("sluice.nbd.advertised-host=h", "sluice.nbd.advertised-port=30809")) {
      assertThat(uri(server)).hasToString("nbd://h:30809/disk");
    }
  }

  @Test
  void theListenAddressAndTheRealPortWithoutEither() {
    try (RunningServer server = RunningServer.start("sluice.nbd.address=127.0.0.2")) {
      assertThat(uri(server)).hasToString("nbd://127.0.0.2:%d/disk", port(server));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "0", "::", "0:0:0:0:0:0:0:0"})
  void insteadOfAWildcardAnAddressThatWorks(String wildcard) throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.address=" + wildcard)) {
      URI uri = uri(server);

      InetAddress told = InetAddress.ofLiteral(uri.getHost().replaceAll("[\\[\\]]", ""));
      assertThat(told.isAnyLocalAddress()).isFalse();
      try (RawNbdClient client = RawNbdClient.connect(new InetSocketAddress(told, uri.getPort()))) {
        assertThat(client.go("disk").size()).isEqualTo(4096);
      }
    }
  }
}
