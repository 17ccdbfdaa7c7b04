package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A URL that opens the data of one export to whoever has it. */
@ExtendWith(OutputCaptureExtension.class)
class TicketTest {

  private static final int FAILURES = 200;
  private static final String REQUEST =
      """
      {"name": "%s", "peer": "http", "direction": "write", "ticket": true}""";

  private static OwnService sluice;
  private static RestClient operator;
  private static RestClient nobody;

  @BeforeAll
  static void start() {
    sluice =
        OwnService.with(
            List.of(
                "sluice.security.tokens=operators-token-0001,viewer:viewers-token-000001",
                "sluice.security.max-failed-logins=" + FAILURES));
    operator = RestClient.of(sluice, "operators-token-0001");
    nobody = RestClient.anonymous(sluice);
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  @AfterEach
  void deleteExports() {
    operator.delete("/exports/a");
    operator.delete("/exports/b");
  }

  /** Makes an export; returns the path of its data, with the ticket. */
  private static String create(String name) {
    RestClient.Answer made =
        operator.post(
            """
            {"name": "%s", "peer": "http", "direction": "write", "ticket": true}"""
                .formatted(name));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    URI url = URI.create(made.json().at("/data/url").asString());
    assertThat(url.getScheme() + "://" + url.getAuthority())
        .isEqualTo("http://127.0.0.1:" + sluice.port());
    assertThat(url.getPath()).isEqualTo("/exports/" + name + "/data");
    assertThat(url.getQuery()).matches("ticket=[A-Za-z0-9_-]{43}");
    return url.getPath() + "?" + url.getQuery();
  }

  private static int head(RestClient client, String path) {
    return client.send("HEAD", path, "").status();
  }

  @Test
  void itOpensTheDataOfItsExportAndNothingElse() {
    String data = create("a");
    String query = data.substring(data.indexOf('?'));
    create("b");

    assertThat(head(nobody, data)).isEqualTo(200);
    assertThat(head(nobody, data.replace("/data?", "/data/?"))).isEqualTo(200);
    assertThat(nobody.post(data.replace("?", "/confirm?"), "{\"bytes\": 1}").status())
        .isEqualTo(409); // nothing is to be confirmed yet
    for (String other :
        List.of("/exports/b/data", "/exports/none/data", "/exports/a", "/exports", "/", "/livez")) {
      RestClient.Answer refused = nobody.get(other + query);
      assertThat(refused.status()).as(other).isEqualTo(401);
      assertThat(refused.detail()).contains("the ticket is not valid");
    }
    assertThat(nobody.delete("/exports/a" + query).status()).isEqualTo(401);
    assertThat(head(nobody, "/exports/a/data")).isEqualTo(401);
    operator.delete("/exports/a");
    assertThat(head(nobody, data)).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ticket=", "ticket=x", "ticket=%00", "confirm=true&ticket=x", "Ticket=x"})
  void anotherOneIsRefused(String query) {
    create("a");

    assertThat(nobody.get("/exports/a/data?" + query).status()).isEqualTo(401);
  }

  @Test
  void whoIsKnownByATokenMayBringATicketToo() {
    String data = create("a");
    RestClient viewer = RestClient.of(sluice, "viewers-token-000001");

    assertThat(head(viewer, "/exports/a/data")).isEqualTo(403);
    assertThat(head(viewer, data)).isEqualTo(200);
    assertThat(head(operator, data + "x")).isEqualTo(401);
  }

  @Test
  void itIsShownOnce() {
    String data = create("a");

    RestClient.Answer again =
        operator.send(
            "PUT",
            "/exports/a",
            "{\"peer\": \"http\", \"direction\": \"write\", \"ticket\": true}");
    assertThat(again.status()).as(again.body()).isEqualTo(200);
    assertThat(again.json().at("/data/url").asString()).endsWith("/exports/a/data");
    assertThat(operator.get("/exports/a").json().get("ticket").asBoolean()).isTrue();
    assertThat(again.body() + operator.get("/exports").body() + operator.get("/exports/a").body())
        .doesNotContain(data.substring(data.indexOf('=') + 1));
  }

  @Test
  void itIsNeverLogged(CapturedOutput output) throws IOException {
    Path logs = Workspace.newFolder("logs");
    try (OwnService loud =
        OwnService.with(
            "server.tomcat.accesslog.enabled=true",
            "server.tomcat.accesslog.buffered=false",
            "server.tomcat.accesslog.directory=" + logs,
            "server.tomcat.accesslog.pattern=%r",
            "logging.level.org.springframework.web=TRACE",
            "logging.level.org.springframework.security=TRACE",
            "logging.level.org.apache=DEBUG")) {
      RestClient anybody = RestClient.anonymous(loud);
      URI url = URI.create(anybody.post(REQUEST.formatted("a")).json().at("/data/url").asString());
      String data = url.getPath() + "?" + url.getQuery();
      assertThat(head(anybody, data)).isEqualTo(200);
      assertThat(anybody.get(data + "&confirm=perhaps").status()).isEqualTo(400);
      assertThat(anybody.get("/exports/a?" + url.getQuery()).status()).isEqualTo(401);

      String secret = url.getQuery().substring("ticket=".length());
      assertThat(output.getAll())
          .contains("HEAD \"/exports/a/data\"", "MadeExport")
          .doesNotContain(secret);
      // Tomcat writes a request's line after the client has its answer.
      await().until(() -> lines(logs).size() == 4);
      assertThat(String.join("\n", lines(logs)))
          .contains("HEAD /exports/a/data HTTP/1.1", "GET /exports/a/data?confirm=perhaps")
          .doesNotContain(secret);
    }
  }

  private static List<String> lines(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return Files.readAllLines(files.findFirst().orElseThrow());
    }
  }

  @Test
  void whoHasAFileNeedsNone() {
    RestClient.Answer refused =
        operator.post(
            "{\"name\": \"a\", \"path\": \"/run/a\", \"direction\": \"write\", \"ticket\": true}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("field")).isEqualTo("ticket");
    assertThat(refused.detail()).contains("expected only with peer");
  }

  @Test
  @Slow("Tries many.")
  void wrongOnesAreNotTriedForEver() {
    try (OwnService strict =
        OwnService.with(
            "sluice.security.tokens=operators-token-0001", "sluice.security.max-failed-logins=3")) {
      RestClient guesser = RestClient.anonymous(strict);
      for (int i = 0; i < 3; i++) {
        assertThat(guesser.get("/exports/a/data?ticket=" + i).status()).isEqualTo(401);
      }
      assertThat(guesser.get("/exports/a/data?ticket=x").status()).isEqualTo(429);
    }
  }

  @Test
  @Slow("Starts a service of its own.")
  void whereNobodyNeedsATokenAWrongTicketIsAMistakeAllTheSame() {
    RestClient anybody = RestClient.anonymous(OwnService.shared());
    anybody.post("{\"name\": \"a\", \"peer\": \"http\", \"direction\": \"write\"}");

    assertThat(head(anybody, "/exports/a/data")).isEqualTo(200);
    assertThat(head(anybody, "/exports/a/data?ticket=x")).isEqualTo(401);
    anybody.delete("/exports/a");
  }
}
