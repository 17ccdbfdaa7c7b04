package dev.sluice.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.BuiltInConfiguration;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The port on which probes are answered. */
@Slow("Starts a service for most tests.")
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class HealthListenerTest {

  @EnableConfigurationProperties(HealthListenerProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Configuration.class);

  private static HttpResponse<String> send(String method, URI uri)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build(),
          BodyHandlers.ofString());
    }
  }

  @Test
  void itSaysUpOrDownAndNothingElse() throws Exception {
    try (OwnService sluice =
        OwnService.with(
            List.of(
                "sluice.security.tokens=operators-token-0001",
                "server.servlet.context-path=/base"))) {
      for (String path : List.of("/livez", "/readyz")) {
        HttpResponse<String> answer = send("GET", sluice.health(path));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(send("HEAD", sluice.health(path)).statusCode()).isEqualTo(200);
        assertThat(send("POST", sluice.health(path)).statusCode()).isEqualTo(405);
      }
      for (String path : List.of("/", "/exports", "/base/exports", "/actuator/health", "/livez/")) {
        assertThat(send("GET", sluice.health(path)).statusCode()).as(path).isEqualTo(404);
      }
    }
  }

  @Test
  void aServiceThatIsFullIsNotReadyAndTellsNoReason() throws Exception {
    try (OwnService sluice = OwnService.with(List.of("sluice.exports.max=1"))) {
      sluice.api().create("a", sluice.root().resolve("a"), "write", null, Map.of());

      HttpResponse<String> ready = send("GET", sluice.health("/readyz"));

      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).isEqualTo("{\"status\":\"OUT_OF_SERVICE\"}");
      assertThat(send("GET", sluice.health("/livez")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void thereIsNoneWhereNoneIsWanted() {
    try (OwnService sluice = OwnService.with(List.of("sluice.health.port=-1"))) {
      assertThat(sluice.health("/").getPort()).isEqualTo(-1);
      assertThat(sluice.api().statusOf("/livez")).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"8080, 8081", "0, 0", "-1, -1", "65535, -1"})
  void itsPortIsTheOneAfterThatOfTheApi(int apiPort, int port) {
    runner.run(
        context ->
            assertThat(context.getBean(HealthListenerProperties.class).portBeside(apiPort))
                .isEqualTo(port));
    runner
        .withPropertyValues("sluice.health.port=9000")
        .run(
            context ->
                assertThat(context.getBean(HealthListenerProperties.class).portBeside(apiPort))
                    .isEqualTo(9000));
  }

  private static void assertDefaults(HealthListenerProperties properties) {
    assertThat(properties.address()).isNull();
    assertThat(properties.port()).isNull();
    assertThat(properties.threads()).isEqualTo(8);
    assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(properties.maxConnections()).isEqualTo(256);
    assertThat(properties.maxConnectionsPerAddress()).isEqualTo(32);
  }

  @Test
  void itsKeysHaveDefaultsAndTheConfigurationFileHasThem() {
    runner.run(context -> assertDefaults(context.getBean(HealthListenerProperties.class)));
    BuiltInConfiguration.has(
        runner,
        HealthListenerProperties.class,
        HealthListenerTest::assertDefaults,
        "threads",
        "timeout",
        "max-connections",
        "max-connections-per-address");
  }

  @ParameterizedTest
  @CsvSource({
    "port=-2, port",
    "port=65536, port",
    "threads=0, threads",
    "timeout=0, timeout",
    "max-connections=0, maxConnections",
    "max-connections-per-address=0, maxConnectionsPerAddress",
  })
  void whatMakesNoSenseStopsTheStart(String property, String field) {
    runner
        .withPropertyValues("sluice.health." + property)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("'" + field + "'"));
  }

  @Test
  void asManyConnectionsAsAnAddressMayHaveCloseTheOldest() throws Exception {
    try (OwnService sluice =
            OwnService.with(
                List.of(
                    "sluice.health.max-connections-per-address=2", "sluice.health.timeout=1h"));
        Socket first = connect(sluice);
        Socket second = connect(sluice);
        Socket third = connect(sluice)) {
      assertThat(first.getInputStream().read()).isEqualTo(-1);
      for (Socket kept : List.of(second, third)) {
        kept.getOutputStream().write("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
        assertThat(kept.getInputStream().read()).isEqualTo('H');
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0\r\n\r\n", "{\r\n\r\n", "GET\r\n\r\n", "\u0016\u0003\u0001\r\n\r\n"})
  void whatIsNoHttpIsRefusedAndNoError(String garbage, CapturedOutput output) throws Exception {
    try (OwnService sluice = OwnService.with(List.of());
        Socket socket = connect(sluice)) {
      int before = output.toString().length();
      socket.getOutputStream().write(garbage.getBytes(US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/1.1 400");
      assertThat(output.toString().substring(before)).doesNotContain("ERROR", "NullPointer");
    }
  }

  private static Socket connect(OwnService sluice) throws IOException {
    Socket socket = new Socket("127.0.0.1", sluice.health("/").getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }
}
