package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SluiceApplication;
import dev.sluice.server.NbdServer;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a probe learns of a service that has reached one of its limits. */
@Slow("Starts a service for most tests.")
@Timeout(60)
class HealthTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private ConfigurableApplicationContext context;

  @BeforeEach
  void start() {
    context =
        new SpringApplicationBuilder(SluiceApplication.class)
            .run(
                "--server.port=0",
                "--sluice.nbd.port=0",
                "--sluice.nbd.max-connections=2",
                "--sluice.exports.max=1",
                "--sluice.exports.roots=" + folder,
                "--sluice.exports.store=none");
  }

  @AfterEach
  void stop() {
    context.close();
  }

  @Test
  void aServiceThatHasRoomIsAliveAndReady() throws Exception {
    assertThat(status("/livez")).isEqualTo(200);
    assertThat(status("/readyz")).isEqualTo(200);
    assertThat(component("exports").at("/details/open").asInt()).isZero();
    assertThat(component("exports").at("/details/limit").asInt()).isEqualTo(1);
    assertThat(component("nbd").at("/details/limit").asInt()).isEqualTo(2);
  }

  @Test
  void asManyExportsAsThereMayBeAreNotReadyForMore() throws Exception {
    assertThat(send(create()).statusCode()).isEqualTo(201);

    assertThat(status("/readyz")).isEqualTo(503);
    assertThat(status("/livez")).isEqualTo(200);
    assertThat(component("exports").at("/details/reason").asString())
        .contains("sluice.exports.max");

    assertThat(send(HttpRequest.newBuilder(uri("/exports/a")).DELETE()).statusCode())
        .isEqualTo(204);
    assertThat(status("/readyz")).isEqualTo(200);
  }

  @Test
  void aRootThatHasGoneIsNotReadyAndNotThePathsFault() throws Exception {
    Files.delete(folder);
    assertThat(status("/readyz")).isEqualTo(503);
    assertThat(component("roots").at("/details/reason").asString())
        .contains(folder + " has gone")
        .contains("start this service again");
    HttpResponse<String> answer = send(create());
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains(folder + " has gone");
    Files.createDirectory(folder);
  }

  private HttpRequest.Builder create() {
    String body =
        "{\"name\": \"a\", \"path\": \"%s/a\", \"direction\": \"write\"}".formatted(folder);
    return HttpRequest.newBuilder(uri("/exports"))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  @Test
  void asManyConnectionsAsThereMayBeAreNotReadyForMore() throws Exception {
    InetSocketAddress nbd = Objects.requireNonNull(context.getBean(NbdServer.class).boundAddress());
    try (Socket first = connect(nbd);
        Socket second = connect(nbd)) {
      await().until(() -> status("/readyz") == 503);

      assertThat(status("/livez")).isEqualTo(200);
      assertThat(component("nbd").at("/details/reason").asString())
          .contains("sluice.nbd.max-connections");
      assertThat(first.getInputStream().read()).isEqualTo('N');
      assertThat(second.getInputStream().read()).isEqualTo('N');
    }
    await().until(() -> status("/readyz") == 200);
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    return new Socket(address.getAddress(), address.getPort());
  }

  private JsonNode component(String name) throws Exception {
    HttpResponse<String> health = send(HttpRequest.newBuilder(uri("/actuator/health")));
    return JSON.readTree(health.body()).at("/components/" + name);
  }

  private int status(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path))).statusCode();
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
