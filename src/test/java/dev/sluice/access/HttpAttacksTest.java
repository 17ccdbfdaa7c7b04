package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * What somebody can do to the REST API who has nothing but connections. Tomcat's own timeouts are
 * an hour here, so that what waits for one is not served at all.
 */
@Slow("Starts a service for each test, and waits for deadlines.")
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class HttpAttacksTest {

  private static final String TOKEN = "operators-token-0001";

  /** What is told to somebody without a token, also when many of them come at a time. */
  private static final Pattern STRANGER = Pattern.compile("(?s)HTTP/1\\.1 (401|503) .*");

  /** More than Tomcat has threads. */
  private static final int MANY = 210;

  private static OwnService service(String... properties) {
    return OwnService.with(
        Stream.concat(
                Stream.of(
                    "sluice.security.tokens=" + TOKEN,
                    "server.tomcat.connection-timeout=1h",
                    "server.tomcat.keep-alive-timeout=1h",
                    "server.tomcat.max-keep-alive-requests=100"),
                Stream.of(properties))
            .toList());
  }

  private static int probe(URI uri) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
              BodyHandlers.discarding())
          .statusCode();
    }
  }

  @Test
  void nothingOfARequestThatIsRefusedIsWaitedFor() throws Exception {
    try (OwnService sluice = service();
        Attacker attacker = new Attacker(sluice.api().resolve("/"));
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      List<Socket> unfinished = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        unfinished.add(
            switch (i % 4) {
              case 0 -> attacker.post("Content-Length: 1000\r\n", "{");
              case 1 -> attacker.post("Content-Length: 1000\r\n", "");
              case 2 -> attacker.post("Transfer-Encoding: chunked\r\n", "5\r\n{");
              default -> attacker.post("Transfer-Encoding: chunked\r\n", "");
            });
      }

      assertThat(probe(sluice.health("/livez"))).isEqualTo(200);
      assertThat(probe(sluice.api().resolve("/livez"))).isEqualTo(200);
      assertThat(RestClient.of(sluice, TOKEN).get("/exports").status()).isEqualTo(200);
      for (Socket socket : unfinished) {
        assertThat(Attacker.answer(socket)).matches(STRANGER);
      }
    }
  }

  /** The actuator would read it, of every method, before anybody is asked for a token. */
  @Test
  void aBodyWithWhichNothingIsToBeDoneIsNotRead() throws Exception {
    List<String> open = List.of("/livez", "/readyz", "/actuator/health", "/actuator/health/ping");
    try (OwnService sluice = service();
        Attacker attacker = new Attacker(sluice.api().resolve("/"));
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      List<Socket> unfinished = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        unfinished.add(
            attacker.send(
                """
                %s %s HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/json\r
                %s\r
                \r
                {"""
                    .formatted(
                        i % 8 < 4 ? "GET" : "HEAD",
                        open.get(i % 4),
                        i % 16 < 8
                            ? "Content-Length: 2000000000"
                            : "Transfer-Encoding: chunked\r\nX: x")));
      }

      assertThat(RestClient.of(sluice, TOKEN).get("/exports").status()).isEqualTo(200);
      for (Socket socket : unfinished) {
        assertThat(Attacker.answer(socket)).matches("(?s)HTTP/1\\.1 (400|503) .*");
      }
      RestClient.Answer refused =
          RestClient.of(sluice, TOKEN).send("GET", "/actuator/prometheus", "{}");
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.detail()).isEqualTo("a GET takes no body");
    }
  }

  @Test
  void nobodyFillsTheLog(CapturedOutput output) throws Exception {
    try (OwnService sluice = service();
        Attacker attacker = new Attacker(sluice.api().resolve("/"));
        Attacker prober = new Attacker(sluice.health("/"))) {
      RestClient.anonymous(sluice).get("/"); // what Spring says once at the first request
      int before = output.getAll().length();
      String twice = "Content-Length: 1\r\nContent-Length: 2\r\n";
      List<Socket> sent = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        for (String method : List.of("POST", "SMURF".repeat(1000))) {
          sent.add(attacker.send("%s /livez HTTP/1.1\r\nHost: a\r\n\r\n".formatted(method)));
        }
        sent.add(
            attacker.send(
                "GET / HTTP/1.1\r\nHost: a\r\n%sTransfer-Encoding: chunked\r\n\r\n"
                    .formatted(twice)));
        sent.add(attacker.send("POST / HTTP/1.1\r\nHost: a\r\n%s\r\n".formatted(twice)));
      }
      for (Socket socket : sent) {
        assertThat(Attacker.answer(socket)).startsWith("HTTP/1.1 4");
      }
      for (int i = 0; i < 1000; i++) {
        prober.connect(2);
      }
      assertThat(probe(sluice.health("/livez"))).isEqualTo(200);

      assertThat(output.getAll().substring(before).lines())
          .hasSizeLessThan(3)
          .allMatch(line -> line.contains("it was the oldest of those to the health port"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"formcontent", "hiddenmethod"})
  void aFormIsNotReadBeforeItIsKnownWhoSentIt(String filter) throws Exception {
    try (OwnService sluice = service("spring.mvc." + filter + ".filter.enabled=true");
        Attacker attacker = new Attacker(sluice.api().resolve("/"));
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      List<Socket> unfinished = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        String method = List.of("PUT", "PATCH", "DELETE", "POST").get(i % 4);
        String length =
            i % 8 < 4 ? "Content-Length: 2000000000" : "Transfer-Encoding: chunked\r\nX: x";
        unfinished.add(
            attacker.send(
                """
                %s /exports/a HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/x-www-form-urlencoded\r
                %s\r
                \r
                """
                    .formatted(method, length)));
      }

      assertThat(probe(sluice.api().resolve("/livez"))).isEqualTo(200);
      for (Socket socket : unfinished) {
        assertThat(Attacker.answer(socket)).matches(STRANGER);
      }
    }
  }

  @Test
  void whoeverHasATokenHoldsNoMoreThanTheRequestsThatThereMayBe() throws Exception {
    try (OwnService sluice = service();
        Attacker attacker = new Attacker(sluice.api().resolve("/"));
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      for (int i = 0; i < MANY; i++) {
        attacker.post("Authorization: Bearer " + TOKEN + "\r\nContent-Length: 1000\r\n", "{");
      }

      assertThat(probe(sluice.health("/livez"))).isEqualTo(200);
      assertThat(probe(sluice.health("/readyz"))).isEqualTo(200);
      assertThat(probe(sluice.api().resolve("/livez"))).isEqualTo(200);
      await().until(() -> RestClient.of(sluice, TOKEN).get("/exports").status() == 429);
      await().until(() -> attacker.held() == 100);
      attacker.close();
      await().until(() -> RestClient.of(sluice, TOKEN).get("/exports").status() == 200);
    }
  }

  @Test
  void whatSucceededBeforeItsBodyHadComeIsNoError() throws Exception {
    try (OwnService sluice = service();
        Attacker attacker = new Attacker(sluice.api().resolve("/"))) {
      RestClient.of(sluice, TOKEN).create("a");
      String delete = "DELETE /exports/a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n%s\r\n";
      Socket unfinished = attacker.send(delete.formatted(TOKEN, "Transfer-Encoding: chunked\r\n"));

      assertThat(Attacker.answer(unfinished)).startsWith("HTTP/1.1 204");
    }
  }

  @Test
  void answersThatAStrangerDoesNotReadHoldNoThread() throws Exception {
    try (OwnService sluice = service();
        Attacker attacker = new Attacker(sluice.api().resolve("/"));
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      for (String path : List.of("/", "/livez", "/exports", "/livez basic")) {
        String header = path.endsWith(" basic") ? "Authorization: Basic eDp4\r\n" : "";
        String request =
            "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                .formatted(path.replace(" basic", ""), header);
        assertThat(Attacker.answer(attacker.send(request.repeat(50))))
            .as(path)
            .containsOnlyOnce("HTTP/1.1 ")
            .contains("Connection: close");
      }
    }
  }

  @Test
  void healthIsAnsweredWhenTheApiTakesNoConnectionAnyMore() throws Exception {
    try (OwnService sluice = service("server.tomcat.max-connections=500");
        Attacker attacker = new Attacker(sluice.api().resolve("/"));
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      for (int i = 0; i < 500 + 50; i++) { // more are dropped by Linux
        attacker.connect(2 + i / 200);
      }

      assertThat(probe(sluice.health("/livez"))).isEqualTo(200);
      assertThat(probe(sluice.health("/readyz"))).isEqualTo(200);
    }
  }

  @Test
  void whoeverKeepsTheHealthPortBusyLosesTheOldestConnection() throws Exception {
    try (OwnService sluice = service();
        Attacker attacker = new Attacker(sluice.health("/"));
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      for (int i = 0; i < 600; i++) {
        attacker
            .connect(2 + i / 30)
            .getOutputStream()
            .write("POST /livez HTTP/1.1\r\nHost: a\r\nContent-Le".getBytes());
      }

      assertThat(probe(sluice.health("/livez"))).isEqualTo(200);
      for (int i = 0; i < MANY; i++) {
        attacker.send("POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{");
        attacker.send("GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
      }
      assertThat(probe(sluice.health("/livez"))).isEqualTo(200);
    }
  }

  @Test
  void oneAddressHasNoMoreConnectionsThanItMay(CapturedOutput output) throws Exception {
    try (OwnService sluice = service("sluice.security.max-connections-per-address=5");
        Attacker attacker = new Attacker(sluice.api().resolve("/"));
        Attacker other = new Attacker(sluice.api().resolve("/"))) {
      List<Socket> connections = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        connections.add(attacker.connect(2));
      }

      for (Socket beyond : connections.subList(5, 9)) {
        assertThat(beyond.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(attacker.held()).isEqualTo(5);
      assertThat(RestClient.of(sluice, TOKEN).get("/actuator/prometheus").body())
          .contains("sluice_http_connections_per_address 5.0")
          .contains("sluice_http_connections_per_address_limit 5.0")
          .containsPattern("sluice_api_refusals_total\\{.*reason=\"connections\".*} 4.0");
      assertThat(output)
          .containsOnlyOnce(
              "An HTTP connection from 127.0.0.2 is closed: its address has 5, and"
                  + " sluice.security.max-connections-per-address permits no more");

      connections.getFirst().close();
      await()
          .ignoreExceptions() // a connection may be reset as long as there are five
          .untilAsserted(
              () -> {
                try (Socket again = other.connect(2)) {
                  again.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
                  assertThat(again.getInputStream().read()).isEqualTo('H');
                }
              });
    }
  }
}
