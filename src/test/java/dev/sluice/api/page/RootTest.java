package dev.sluice.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is at the root, of a service that asks for tokens. */
class RootTest {

  private static final String OPERATOR = "operators-token-0001";
  private static final String VIEWER = "a-viewers-token-0001";
  private static final String PROVIDER = "https://login.example/realms/disks";

  /** As Chromium sends it. */
  private static final String BROWSERS =
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

  private static OwnService sluice;
  private static RestClient stranger;

  @BeforeAll
  static void start() {
    sluice =
        OwnService.with(
            "sluice.security.tokens=%s,viewer:%s".formatted(OPERATOR, VIEWER),
            "sluice.page.openid.issuer=" + PROVIDER,
            "sluice.page.openid.client-id=page");
    stranger = RestClient.anonymous(sluice);
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  private static RestClient.Answer root(String accept) {
    return stranger.send(stranger.request("/").header("Accept", accept), "GET", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        BROWSERS + "|text/html",
        "text/html|text/html",
        "*/*|application/json",
        "application/json|application/json",
        "application/json, text/html;q=0.5|application/json",
        "text/html, application/json;q=0.5|text/html"
      })
  void browsersGetThePageAndProgramsJson(String accept, String type) {
    RestClient.Answer answer = root(accept);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith(type);
    assertThat(answer.headers().allValues("Vary")).contains("Accept");
    assertThat(answer.body()).startsWith(type.equals("text/html") ? "<!doctype html>" : "{");
  }

  @Test
  void whoAsksForNeitherIsRefused() {
    assertThat(root("image/png").status()).isEqualTo(406);
  }

  @Test
  void thePageRunsNothingOfOthersAndAsksItsProviderAlone() {
    assertThat(root(BROWSERS).header("Content-Security-Policy"))
        .isEqualTo(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                + " connect-src 'self' https://login.example; base-uri 'none';"
                + " form-action 'none'; frame-ancestors 'none'");
    assertThat(root(BROWSERS).body()).doesNotContain("<style").doesNotContain("style=");
    assertThat(root(BROWSERS).body()).doesNotContainPattern("<script[^>]*>[^<]");
  }

  /** Every file that a file of the page names, with the files that they name. */
  @Test
  void everyFileThatIsNamedIsThereAndNeedsNoToken() {
    Pattern names = Pattern.compile("(?:href=|src=|from )['\"]([^#'\"]+)['\"]");
    Deque<URI> next = new ArrayDeque<>();
    Set<URI> seen = new TreeSet<>();
    next.add(URI.create("/"));
    while (!next.isEmpty()) {
      URI file = next.remove();
      if (!seen.add(file)) {
        continue;
      }
      RestClient.Answer answer =
          stranger.send(
              stranger
                  .request(file.getPath())
                  .header("Accept", file.getPath().equals("/") ? BROWSERS : "*/*"),
              "GET",
              "");
      assertThat(answer.status()).as(file.toString()).isEqualTo(200);
      assertThat(answer.header("Content-Security-Policy")).contains("script-src 'self'");
      Matcher named = names.matcher(answer.body());
      while (named.find()) {
        next.add(file.resolve(named.group(1)));
      }
    }
    assertThat(seen).hasSizeGreaterThan(15);
    assertThat(seen.toString()).contains("/page/lib/lit-html/directives/repeat.js", "uPlot.esm.js");
  }

  @ParameterizedTest
  @CsvSource({
    "/page/none.js, 404",
    "/page/, 404",
    "/page/..%2fopenapi.json, 400",
    "/page/lib/uplot/..%2f..%2f..%2fMANIFEST.MF, 400",
    "/page/lib/none/x.js, 404",
    "/webjars/uplot/1.6.30/dist/uPlot.esm.js, 401"
  })
  void nothingElseOfTheJarIsThere(String path, int status) {
    assertThat(stranger.get(path).status()).isEqualTo(status);
  }

  @Test
  void filesAreReadAndNothingElse() {
    assertThat(stranger.send("HEAD", "/page/main.js", "").status()).isEqualTo(200);
    assertThat(stranger.post("/page/main.js", "").status()).isEqualTo(401);
    assertThat(stranger.delete("/page/main.js").status()).isEqualTo(401);
  }

  @Test
  void whoeverAsksIsToldItsRoleAndWhereToSignIn() {
    assertThat(stranger.get("/").json().get("role").isNull()).isTrue();
    assertThat(RestClient.of(sluice, VIEWER).get("/").text("role")).isEqualTo("viewer");
    assertThat(RestClient.of(sluice, OPERATOR).get("/").text("role")).isEqualTo("operator");
    assertThat(stranger.get("/").json().get("openid").toString())
        .isEqualTo(
            "{\"issuer\":\"%s\",\"clientId\":\"page\",\"scope\":\"openid\"}".formatted(PROVIDER));
    assertThat(OwnService.shared().api().read("/").get("role").stringValue()).isEqualTo("operator");
    assertThat(OwnService.shared().api().read("/").get("openid").isNull()).isTrue();
  }
}
