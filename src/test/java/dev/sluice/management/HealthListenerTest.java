package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The port on which probes are answered. */
@Timeout(60)
class HealthListenerTest {

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
    assertThat(new HealthListenerProperties(null, null).portBeside(apiPort)).isEqualTo(port);
    assertThat(new HealthListenerProperties(null, 9000).portBeside(apiPort)).isEqualTo(9000);
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, 65_536})
  void aPortThatThereCannotBeStopsTheStart(int port) {
    var properties = new HealthListenerProperties(null, port);
    var errors = new org.springframework.validation.SimpleErrors(properties);
    properties.validate(properties, errors);
    assertThat(errors.getFieldErrors("port")).hasSize(1);
  }
}
