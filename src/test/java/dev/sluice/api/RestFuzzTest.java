package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests of all sorts, most of them nearly right, to the whole service: none is answered with a
 * 5xx, every refusal is a problem, and nothing is left behind. This runs the first of the requests
 * that {@link RestFuzzIT} has. {@code -Drest.seed} and {@code -Drest.requests} choose others, and
 * more.
 */
@Slow("Tries many inputs.")
class RestFuzzTest {

  private static final long SEED = Long.getLong("rest.seed", 20_261_125L);

  /** That each of these was answered shows how far the requests get. */
  private static final List<Integer> REACHED =
      List.of(200, 201, 204, 400, 404, 405, 406, 409, 413, 415, 429);

  /** A peer that comes by HTTP is told so, where no client comes or HTTP is too old. */
  private static final List<Integer> NO_CLIENT = List.of(504, 505);

  private static final int TIMEOUT_MILLIS = 30_000;

  private static final String TOKEN = "operators-token-0001";

  private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");

  /** How many. */
  int requests() {
    return Integer.getInteger("rest.requests", 1_000);
  }

  private final TreeMap<Integer, Integer> statuses = new TreeMap<>();

  @Test
  @Timeout(600)
  void noRequestIsAnsweredWithAnErrorOfTheService() throws IOException {
    try (OwnService sluice =
        OwnService.with(
            List.of(
                "sluice.security.tokens=" + TOKEN,
                "sluice.exports.max=3",
                "sluice.exports.peer-timeout=20ms"))) {
      RandomRequests requests = new RandomRequests(new Random(SEED), sluice.root(), TOKEN);
      int count = requests();
      for (int i = 0; i < count; i++) {
        byte[] request = requests.next();
        check(i, request, answer(sluice.api().resolve("/"), request));
      }
      System.out.printf("REST: answers by status, seed %d: %s%n", SEED, statuses);

      assertThat(statuses.keySet()).containsAll(REACHED);
      deleteAll(sluice);
      assertThat(sluice.root()).isEmptyDirectory();
    }
  }

  private void check(int number, byte[] request, String answer) {
    String shown = "request %d: %s".formatted(number, printable(request));
    if (answer.isEmpty() && !printable(request).contains("\r\n\r\n")) {
      return; // it ended before it was one
    }
    if (answer.startsWith("{\"type\":\"/problems/")) {
      assertThat(answer).as(shown).contains("\"status\":400");
      return; // it did not say that it was HTTP/1.1
    }
    assertThat(answer).as(shown).startsWith("HTTP/1.1 ");
    int status = Integer.parseInt(answer.substring(9, 12));
    statuses.merge(status, 1, Integer::sum);
    if (!NO_CLIENT.contains(status)) {
      assertThat(status).as("%s%n%s", shown, answer).isLessThan(500);
    }
    boolean hasBody = answer.contains("\r\n\r\n") && !answer.endsWith("\r\n\r\n");
    if (status >= 400 && hasBody) {
      assertThat(answer).as(shown).containsIgnoringCase("Content-Type: application/problem+json");
    }
    assertThat(answer).as(shown).doesNotContain("\tat ", TOKEN);
    if (status >= 400) {
      assertThat(answer).as(shown).doesNotContain("Exception");
    }
  }

  private static void deleteAll(OwnService sluice) throws IOException {
    URI service = sluice.api().resolve("/");
    String all = answer(service, RandomRequests.request("GET", "/exports", TOKEN, ""));
    for (MatchResult name : NAME.matcher(all).results().toList()) {
      String path = "/exports/%s?force=true".formatted(name.group(1));
      answer(service, RandomRequests.request("DELETE", path, TOKEN, ""));
    }
  }

  private static String answer(URI service, byte[] request) throws IOException {
    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput(); // or one that lacks bytes would be waited for
      } catch (IOException e) {
        // It was refused before all of it had come; the answer is there.
      }
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String printable(byte[] request) {
    String text = new String(request, StandardCharsets.ISO_8859_1);
    return text.length() > 2_000 ? text.substring(0, 2_000) + "…" : text;
  }
}
