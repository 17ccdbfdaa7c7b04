package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.data.DataStreams;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What is refused of requests for data, and of exports whose peer comes by HTTP. */
class DataApiTest extends ServiceTest {

  private static final String OVER_HTTP =
      """
      {"name": "web", "peer": "http", "direction": "write", "size": 1000}\
      """;

  @Autowired private DataStreams streams;

  @Test
  void anExportHasAPathOrAPeer() {
    RestClient.Answer both =
        api.post(
            """
            {"path": "%s", "peer": "http", "direction": "write"}\
            """
                .formatted(folder.resolve("pipe")));
    RestClient.Answer neither = api.post("{\"direction\": \"write\"}");

    assertThat(both.status()).isEqualTo(400);
    assertThat(both.json().get("errors").findValuesAsString("field"))
        .containsExactly("path", "peer");
    assertThat(neither.status()).isEqualTo(400);
    assertThat(neither.detail()).isEqualTo("path: it is required, or peer instead");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({"ftp, write, false", "http, write, true"})
  void whatAPeerByHttpCannotHaveIsRefused(String peer, String direction, boolean listen) {
    RestClient.Answer answer =
        api.post(
            """
            {"peer": "%s", "direction": "%s", "listen": %s}\
            """
                .formatted(peer, direction, listen));

    assertThat(answer.status()).isEqualTo(400);
    ProblemAssert.assertThatIsProblem(answer);
  }

  @Test
  void anExportShowsThatItsPeerComesByHttp() {
    RestClient.Answer made = api.post(OVER_HTTP);

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("peer")).isEqualTo("http");
    assertThat(made.json().get("path").isNull()).isTrue();
  }

  @Test
  void headTellsWhatThereWillBeAndTakesNothing() {
    api.post(OVER_HTTP);

    RestClient.Answer head = api.send("HEAD", "/exports/web/data", "");

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Length")).isEqualTo("1000");
    assertThat(head.header("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(head.header("Accept-Ranges")).isEqualTo("none");
    assertThat(head.header("Cache-Control")).isEqualTo("no-store");
    assertThat(head.header("Content-Disposition")).isEqualTo("attachment; filename=\"web\"");
    assertNobodyHasThePeersPlace();
  }

  private void assertNobodyHasThePeersPlace() {
    assertThat(Objects.requireNonNull(registry.named("web").data()).meet()).isPresent();
  }

  private RestClient.Answer refused(String path, int status) {
    RestClient.Answer answer = api.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    ProblemAssert.assertThatIsProblem(answer);
    return answer;
  }

  @Test
  void whatHasNoDataIsRefused() {
    create("vm1", "pipe");

    refused("/exports/nothing/data", 404);
    assertThat(refused("/exports/vm1/data", 409).detail()).contains("{\"peer\": \"http\"}");
    assertThat(api.post("/exports/vm1/data", "{}").status()).isEqualTo(409);
  }

  @Test
  void aPartIsRefusedSinceTheStreamCouldNotGoOnAfterIt() {
    api.post(OVER_HTTP);

    RestClient.Answer answer =
        api.send(api.request("/exports/web/data").header("Range", "bytes=500-"), "GET", "");

    assertThat(answer.status()).isEqualTo(416);
    assertNobodyHasThePeersPlace();
  }

  @Test
  void aVersionWithoutChunksIsRefused() throws IOException {
    api.post(OVER_HTTP);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write("GET /exports/web/data HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes());

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains(" 505 ", "expected HTTP/1.1");
    }
  }

  /** Or it would hold a thread of the web server's. */
  @Test
  void nothingOfABodyIsWaitedForOnceItsExportIsGone() throws Exception {
    api.post("{\"name\": \"web\", \"peer\": \"http\", \"direction\": \"read\"}");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          """
          PUT /exports/web/data HTTP/1.1\r
          Host: localhost\r
          Transfer-Encoding: chunked\r
          \r
          """
              .getBytes());
      out.flush();
      await().until(() -> streams.count() == 1);

      assertThat(api.send("DELETE", "/exports/web", "").status()).isEqualTo(204);

      await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> isClosedThoughMoreComes(socket));
    }
  }

  private static boolean isClosedThoughMoreComes(Socket socket) {
    try {
      socket.getOutputStream().write("1\r\nx\r\n".getBytes());
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  @Test
  void aPageOfAnotherSiteTakesNoData() {
    api.post(OVER_HTTP);

    RestClient.Answer answer =
        api.send(
            api.request("/exports/web/data").header("Sec-Fetch-Site", "cross-site"), "GET", "");

    assertThat(answer.status()).isEqualTo(403);
  }
}
