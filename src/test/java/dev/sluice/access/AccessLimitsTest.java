package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.events.ExportEvents;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@Slow("Starts a service for most tests.")
class AccessLimitsTest {

  private static final String TOKEN = "operators-token-0001";

  @Test
  void anAddressWithTooManyWrongTokensIsRefusedWhateverItSends() {
    try (OwnService sluice =
        OwnService.with(
            List.of(
                "sluice.security.tokens=" + TOKEN,
                "sluice.security.max-failed-logins=3",
                "sluice.security.failed-login-window=1h"))) {
      RestClient operator = RestClient.of(sluice, TOKEN);
      RestClient guesser = RestClient.of(sluice, "wrong-token-000001");
      for (int i = 0; i < 3; i++) {
        assertThat(operator.get("/exports").status()).isEqualTo(200);
        assertThat(RestClient.anonymous(sluice).get("/exports").status())
            .as("no guess")
            .isEqualTo(401);
        assertThat(guesser.get("/exports").status()).isEqualTo(401);
      }

      for (RestClient.Answer refused : List.of(guesser.get("/exports"), operator.create("mine"))) {
        assertThat(refused.status()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(3500, 3600);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.detail()).contains("too many wrong tokens");
      }
      assertThat(sluice.root()).isEmptyDirectory();
      assertThat(RestClient.anonymous(sluice).get("/livez").status()).isEqualTo(200);
    }
  }

  @Test
  void whereAProxyTellsNoAddressAllAreAtOne() throws IOException {
    try (OwnService sluice =
        OwnService.with(
            List.of(
                "sluice.security.tokens=" + TOKEN,
                "sluice.security.max-failed-logins=1",
                "server.forward-headers-strategy=native",
                "sluice.security.trusted-proxies=127.0.0.1"))) {
      assertThat(statusLine(sluice, TOKEN, "nonsense")).contains(" 200");
      assertThat(statusLine(sluice, "wrong-token-000001", "nonsense")).contains(" 401");
      assertThat(statusLine(sluice, TOKEN, "other nonsense")).contains(" 429");
      assertThat(statusLine(sluice, TOKEN, "192.0.2.1")).contains(" 200");
    }
  }

  private static String statusLine(OwnService sluice, String token, String forwardedFor)
      throws IOException {
    URI uri = sluice.api().resolve("/exports");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              """
              GET /exports HTTP/1.1\r
              Host: localhost\r
              Connection: close\r
              X-Forwarded-For: %s\r
              Authorization: Bearer %s\r
              \r
              """
                  .formatted(forwardedFor, token)
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().findFirst().orElseThrow();
    }
  }

  @Test
  void oneTokenDoesNotTakeAllPlacesOfSubscribers() throws IOException {
    try (OwnService sluice =
            OwnService.with(
                "sluice.security.tokens=%s,viewer:viewers-token-000001".formatted(TOKEN),
                "sluice.live.subscribers=3",
                "sluice.live.subscribers-per-token=2");
        Attacker attacker = new Attacker(sluice.api().resolve("/"))) {
      RestClient operator = RestClient.of(sluice, TOKEN);
      RestClient viewer = RestClient.of(sluice, "viewers-token-000001");
      Socket first = subscribe(attacker, TOKEN);
      subscribe(attacker, TOKEN);

      assertThat(operator.get("/exports/events").detail())
          .startsWith("2 subscribers have this token, and sluice.live.subscribers-per-token");
      subscribe(attacker, "viewers-token-000001");
      assertThat(viewer.get("/exports/events").detail())
          .startsWith("there are 3 subscribers, and sluice.live.subscribers permits");

      first.close();
      await().until(() -> sluice.bean(ExportEvents.class).count() == 2);
      subscribe(attacker, TOKEN);
      assertThat(operator.get("/exports/events").status()).isEqualTo(429);
    }
  }

  private static Socket subscribe(Attacker attacker, String token) throws IOException {
    Socket socket =
        attacker.send(
            "GET /exports/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
                .formatted(token));
    byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
    assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
    return socket;
  }

  @Test
  void beyondSoManyRequestsAtATimeOnlyHealthIsAnswered() throws IOException {
    try (OwnService sluice =
        OwnService.with(
            List.of("sluice.security.tokens=" + TOKEN, "sluice.security.max-requests=2"))) {
      RestClient operator = RestClient.of(sluice, TOKEN);
      List<Socket> unfinished = new ArrayList<>();
      try {
        // One more each time, since the question can have the place that the last was to get.
        await()
            .until(
                () -> {
                  unfinished.add(unfinishedRequest(sluice));
                  return operator.get("/exports").status() == 429;
                });

        RestClient.Answer refused = operator.get("/exports");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.detail()).contains("2 requests", "sluice.security.max-requests");
        assertThat(operator.get("/readyz").status()).isEqualTo(200);
        assertThat(RestClient.anonymous(sluice).get("/exports").status())
            .as("strangers take no place")
            .isEqualTo(401);
      } finally {
        for (Socket socket : unfinished) {
          socket.close();
        }
      }
      await().until(() -> operator.get("/exports").status() == 200);
      assertThat(operator.get("/actuator/prometheus").body())
          .containsPattern("sluice_api_refusals_total\\{.*reason=\"requests\".*} [1-9]")
          .containsPattern("sluice_api_refusals_total\\{.*reason=\"no-token\".*} 1.0")
          .containsPattern("sluice_api_refusals_total\\{.*reason=\"wrong-token\".*} 0.0");
    }
  }

  /** One whose body has not come whole. */
  private static Socket unfinishedRequest(OwnService sluice) throws IOException {
    URI uri = sluice.api().resolve("/exports");
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort());
    socket
        .getOutputStream()
        .write(
            """
            POST /exports HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer %s\r
            Content-Type: application/json\r
            Content-Length: 100\r
            \r
            {\
            """
                .formatted(TOKEN)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
