package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Slow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The host and port that clients are told. */
@Slow("Starts a service for most tests.")
@Timeout(60)
class NbdUrisTest {

  private static int port(RunningServer server) {
    return Objects.requireNonNull(server.nbd().boundAddress()).getPort();
  }

  private static URI uri(RunningServer server) {
    Export export = server.export("disk", Direction.READ, 4096);
    return server.uris().of(export.spec()).getFirst();
  }

  /** What another configuration of a service that runs would tell of an export. */
  private static URI uri(RunningServer server, Map<String, Object> configured) {
    StandardEnvironment other = new StandardEnvironment();
    other.getPropertySources().addFirst(new MapPropertySource("configured", configured));
    server.environment().getPropertySources().stream()
        .filter(
            source -> !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
        .forEach(source -> other.getPropertySources().addLast(source));
    NbdProperties properties = Binder.get(other).bind("sluice.nbd", NbdProperties.class).get();
    Export export = server.export("disk", Direction.READ, 4096);
    return new NbdUris(server.nbd(), properties).of(export.spec()).getFirst();
  }

  @Test
  void theHostAndThePortThatAreConfigured() {
    Map<String, String> told =
        Map.of(
            "sluice.example.org", "sluice.example.org",
            "192.0.2.1", "192.0.2.1",
            "2001:db8::1", "[2001:db8::1]",
            "[2001:db8::1]", "[2001:db8::1]");
    try (RunningServer server = RunningServer.start("sluice.nbd.advertised-host=h")) {
      assertThat(uri(server)).hasToString("nbd://h:%d/disk", port(server));
      server.exports().delete("disk", false);
      told.forEach(
          (configured, host) -> {
            assertThat(uri(server, Map.of("sluice.nbd.advertised-host", configured)))
                .hasToString("nbd://%s:%d/disk", host, port(server));
            server.exports().delete("disk", false);
          });
      assertThat(uri(server, Map.of("sluice.nbd.advertised-port", "30809")))
          .hasToString("nbd://h:30809/disk");
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
    if (wildcard.contains(":")) {
      Peers.requireIpv6();
    }
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
