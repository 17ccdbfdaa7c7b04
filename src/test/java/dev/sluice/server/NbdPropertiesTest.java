package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.FilePermissions;
import dev.sluice.server.transport.TlsProperties;
import dev.sluice.testing.BuiltInConfiguration;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.Ssl.ClientAuth;

class NbdPropertiesTest {

  @EnableConfigurationProperties(NbdProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  private static void assertDefaults(NbdProperties properties) {
    assertThat(properties.address()).isEqualTo("127.0.0.1");
    assertThat(properties.port()).isEqualTo(10809);
    assertThat(properties.unixSocket()).isNull();
    assertThat(properties.unixSocketPermissions()).isEqualTo(FilePermissions.of(0600));
    assertThat(properties.advertisedHost()).isNull();
    assertThat(properties.advertisedPort()).isNull();
    assertThat(properties.tls().mode()).isEqualTo(TlsProperties.Mode.OFF);
    assertThat(properties.tls().clientAuth()).isEqualTo(ClientAuth.NONE);
    assertThat(properties.tls().provider()).isEqualTo(TlsProperties.Provider.AUTO);
    assertThat(properties.keepAlive()).isEqualTo(Duration.ofMinutes(2));
    assertThat(properties.handshakeTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(properties.maxConnections()).isEqualTo(1024);
    assertThat(properties.maxConnectionsPerAddress()).isEqualTo(256);
    assertThat(properties.maxConnectionsPerExport()).isEqualTo(16);
    assertThat(properties.maxOptions()).isEqualTo(8192);
    assertThat(properties.maxOptionsPerSecond()).isEqualTo(500);
    assertThat(properties.handshakeRules().maxOptionLength()).isEqualTo(64 << 10);
  }

  @Test
  void everyKeyHasADefault() {
    runner.run(context -> assertDefaults(context.getBean(NbdProperties.class)));
  }

  @Test
  void theConfigurationFileHasTheDefaults() {
    BuiltInConfiguration.has(
        runner,
        NbdProperties.class,
        NbdPropertiesTest::assertDefaults,
        "unix-socket-mode",
        "handshake-timeout",
        "keep-alive",
        "max-connections-per-address",
        "max-connections-per-export",
        "max-options",
        "max-options-per-second",
        "max-option-length");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "port=-1",
        "port=65535",
        "unix-socket-mode=0000",
        "unix-socket-mode=0777",
        "unix-socket-group=0",
        "advertised-port=1",
        "advertised-port=65535",
        "advertised-host=",
        "advertised-host=localhost",
        "advertised-host=a_b.xn--bcher-kva.example.",
        "advertised-host=192.0.2.1",
        "advertised-host=2001:db8::1",
        "advertised-host=[2001:db8::1]",
        "handshake-timeout=1ms",
        "keep-alive=0",
        "max-connections=1",
        "max-connections-per-address=1",
        "max-connections-per-export=1",
        "max-options=16",
        "max-options-per-second=1",
        "max-option-length=8KB",
        "max-option-length=1MB",
      })
  void aLimitItselfIsAccepted(String property) {
    runner
        .withPropertyValues("sluice.nbd." + property)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void aBlankBundleIsNone() {
    runner
        .withPropertyValues("sluice.nbd.tls.mode=allow", "sluice.nbd.tls.bundle= ")
        .run(
            context ->
                assertThat(context).getFailure().rootCause().hasMessageContaining("'tls.bundle"));
  }

  @ParameterizedTest
  @CsvSource({
    "address=, address",
    "port=-2, port",
    "port=65536, port",
    "unix-socket=/r\ufffdume.sock, unixSocket",
    "unix-socket-mode=600, unixSocketMode",
    "unix-socket-mode=0800, unixSocketMode",
    "unix-socket-mode=384, unixSocketMode",
    "unix-socket-group=-1, unixSocketGroup",
    "advertised-port=0, advertisedPort",
    "advertised-port=65536, advertisedPort",
    "advertised-host=h:30809, advertisedHost",
    "advertised-host=nbd://x, advertisedHost",
    "advertised-host=a/b, advertisedHost",
    "advertised-host=a b, advertisedHost",
    "advertised-host=a@b, advertisedHost",
    "advertised-host=a?b, advertisedHost",
    "advertised-host=a%b, advertisedHost",
    "advertised-host=a..b, advertisedHost",
    "advertised-host=-a, advertisedHost",
    "advertised-host=bücher.example, advertisedHost",
    "advertised-host=[a], advertisedHost",
    "advertised-host=[192.0.2.1], advertisedHost",
    "advertised-host=[2001:db8::1]:10809, advertisedHost",
    "advertised-host=2001:db8::1::2, advertisedHost",
    "advertised-host=fe80::1%eth0, advertisedHost",
    "advertised-host=0.0.0.0, advertisedHost",
    "advertised-host=0, advertisedHost",
    "advertised-host='::', advertisedHost",
    "advertised-host=[::], advertisedHost",
    "advertised-host=0:0::0, advertisedHost",
    "advertised-host=::ffff:0.0.0.0, advertisedHost",
    "tls.mode=allow, tls.bundle",
    "tls.mode=require, tls.bundle",
    "handshake-timeout=0, handshakeTimeout",
    "keep-alive=-1s, keepAlive",
    "max-connections=0, maxConnections",
    "max-connections-per-address=0, maxConnectionsPerAddress",
    "max-connections-per-export=0, maxConnectionsPerExport",
    "max-options=15, maxOptions",
    "max-options-per-second=0, maxOptionsPerSecond",
    "max-option-length=8191B, maxOptionLength",
    "max-option-length=1048577B, maxOptionLength",
    "max-option-length=-1B, maxOptionLength",
    "max-option-length=1TB, maxOptionLength",
  })
  void whatMakesNoSenseStopsTheStart(String property, String field) {
    runner
        .withPropertyValues("sluice.nbd." + property)
        .run(
            context ->
                assertThat(context).getFailure().rootCause().hasMessageContaining("'" + field));
  }
}
