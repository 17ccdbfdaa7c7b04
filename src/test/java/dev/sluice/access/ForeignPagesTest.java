package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page in a browser of this machine can do where nobody needs a token. */
class ForeignPagesTest {

  private static OwnService sluice;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    sluice = OwnService.with(List.of());
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.close();
    sluice.close();
  }

  /** The status of a request to finish an export that there is not: 404 once it is let in. */
  private static HttpResponse<String> finish(String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(sluice.api().resolve("/exports/none/finish"))
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void whoeverSendsNoBodyOrJsonIsLetIn() throws Exception {
    assertThat(finish("").statusCode()).isEqualTo(404);
    assertThat(finish("{}", "Content-Type", "application/json; charset=utf-8").statusCode())
        .isEqualTo(404);
    assertThat(finish("{}", "Content-Type", "application/merge-patch+json").statusCode())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "text/plain; application/json",
        "json"
      })
  void whatAFormCanSendIsRefused(String type) throws Exception {
    HttpResponse<String> answer = finish("{}", "Content-Type", type);

    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(answer.body()).contains("Content-Type: application/json");
  }

  @Test
  void aBodyWithoutATypeIsRefused() throws Exception {
    assertThat(finish("{}").statusCode()).isEqualTo(415);
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, https://evil.example.org",
    "Origin, null",
    "Origin, http://127.0.0.1:1",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site",
  })
  void aForeignPageChangesNothing(String header, String value) throws Exception {
    HttpResponse<String> answer = finish("", header, value);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("Origin or Sec-Fetch-Site");
  }

  @Test
  void aPageOfTheServicesOwnIsNoForeignOne() throws Exception {
    String own = "http://127.0.0.1:" + sluice.api().resolve("/").getPort();

    assertThat(finish("", "Origin", own, "Sec-Fetch-Site", "same-origin").statusCode())
        .isEqualTo(404);
    assertThat(finish("", "Sec-Fetch-Site", "none").statusCode()).isEqualTo(404);
  }

  @Test
  void whereATokenIsNeededNoPageHasOne() throws Exception {
    try (OwnService guarded =
        OwnService.with(List.of("sluice.security.tokens=operators-token-0001"))) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(guarded.api().resolve("/exports/none/finish"))
              .header("Authorization", "Bearer operators-token-0001")
              .header("Origin", "https://console.example.org")
              .POST(BodyPublishers.noBody());
      assertThat(http.send(request.build(), BodyHandlers.discarding()).statusCode()).isEqualTo(404);
    }
  }

  /** However it is written, as the service reads it. */
  @ParameterizedTest
  @ValueSource(strings = {"waitFor=ended", "%77aitFor=ended", "timeout=1s&wait%46or=started"})
  void aPageOfAnotherSiteTakesNoPlaceOfThoseWhoWait(String query) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(sluice.api().resolve("/exports/none?" + query))
            .header("Origin", "https://elsewhere.example")
            .build();

    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
  }
}
