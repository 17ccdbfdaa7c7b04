package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The REST API and the actuator of a service that has tokens. */
class AccessTest {

  private static final String OPERATOR = "operators-token-0001";
  private static final String VIEWER = "viewers-token-000001";

  private static OwnService sluice;

  private RestClient operator;
  private RestClient viewer;
  private RestClient nobody;

  @BeforeAll
  static void start() {
    sluice =
        OwnService.with(
            List.of(
                "sluice.security.tokens=" + OPERATOR + ",viewer:" + VIEWER,
                "sluice.security.max-failed-logins=1000"));
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  @BeforeEach
  void comeIn() {
    operator = RestClient.of(sluice, OPERATOR);
    viewer = RestClient.of(sluice, VIEWER);
    nobody = RestClient.anonymous(sluice);
  }

  @AfterEach
  void deleteExport() {
    operator.delete("/exports/mine");
  }

  @Test
  void anOperatorDoesEverything() {
    assertThat(operator.create("mine").status()).isEqualTo(201);
    assertThat(operator.get("/exports/mine").status()).isEqualTo(200);
    assertThat(operator.send("PATCH", "/exports/mine", "{\"rateLimit\": 1}").status())
        .isEqualTo(200);
    assertThat(operator.post("/exports/unknown/finish", "").status()).isEqualTo(404);
    assertThat(operator.get("/actuator/metrics").status()).isEqualTo(200);
    assertThat(operator.delete("/exports/mine").status()).isEqualTo(204);
  }

  @Test
  void nobodyNeedsATokenToAskTheRootWhatThereIs() {
    assertThat(nobody.get("/").status()).isEqualTo(200);
    assertThat(nobody.send("HEAD", "/", "").status()).isEqualTo(200);
    assertThat(nobody.post("/", "").status()).isEqualTo(401);
    assertThat(nobody.delete("/").status()).isEqualTo(401);
    assertThat(nobody.get("/exports/").status()).isEqualTo(401);
  }

  @Test
  void nobodyNeedsATokenToReadWhatAProblemMeans() {
    String type = nobody.get("/exports").text("type");

    RestClient.Answer page = nobody.get(type);

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
    assertThat(page.body()).startsWith("no-valid-token\n\n**401: ");
    assertThat(nobody.send("HEAD", type, "").status()).isEqualTo(200);
    assertThat(nobody.post(type, "").status()).isEqualTo(401);
    assertThat(nobody.get("/problems/").status()).isEqualTo(401);
    assertThat(nobody.get("/problems/none").detail()).contains("expected one of bad-request, ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/swagger-ui/index.html",
        "/swagger-ui/swagger-ui.css",
        "/webjars/swagger-ui/5.34.1/index.html",
        "/openapi.json"
      })
  void thereIsNoUiUnlessThatIsConfigured(String path) {
    assertThat(operator.get(path).status()).isEqualTo(404);
    assertThat(operator.get(path).detail()).isEqualTo("there is nothing at this path");
  }

  @Test
  void aViewerLooksAndChangesNothing() {
    operator.create("mine");

    assertThat(viewer.get("/exports").status()).isEqualTo(200);
    assertThat(viewer.get("/exports/mine").status()).isEqualTo(200);
    assertThat(viewer.send("HEAD", "/exports/mine", "").status()).isEqualTo(200);
    assertThat(viewer.send("OPTIONS", "/exports/mine", "").status()).isEqualTo(200);
    assertThat(viewer.get("/actuator/prometheus").status()).isEqualTo(200);
    for (RestClient.Answer refused :
        List.of(
            viewer.create("other"),
            viewer.send("PATCH", "/exports/mine", "{\"rateLimit\": 1}"),
            viewer.post("/exports/mine/finish", ""),
            viewer.delete("/exports/mine?force=true"),
            viewer.delete("/exports/unknown"))) {
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(refused.header("WWW-Authenticate")).contains("insufficient_scope");
      assertThat(refused.detail()).contains("expected one of the role operator");
    }
    assertThat(operator.get("/exports/mine").body()).contains("\"rateLimit\":0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/exports",
        "/exports/unknown",
        "/actuator",
        "/actuator/prometheus",
        "/actuator/sbom/application",
        "/nothing",
        "/error",
        "/logout"
      })
  void nobodyWithoutATokenLearnsAnything(String path) {
    RestClient.Answer refused = nobody.get(path);

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
    assertThat(refused.detail()).contains("Authorization: Bearer TOKEN");
  }

  @Test
  void nobodyWithoutATokenMakesAnything() {
    assertThat(nobody.create("mine").status()).isEqualTo(401);
    assertThat(nobody.delete("/exports/mine").status()).isEqualTo(401);
    assertThat(operator.get("/exports/mine").status()).isEqualTo(404);
    assertThat(sluice.root()).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrong-token-000001", "viewer:" + VIEWER, OPERATOR + "=", "a.b.c"})
  void aWrongTokenIsRefused(String token) {
    RestClient.Answer refused = RestClient.of(sluice, token).get("/exports");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header("WWW-Authenticate")).contains("invalid_token");
    assertThat(refused.detail()).isEqualTo("the bearer token is not valid");
    assertThat(refused.body()).doesNotContain(token);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz", "/actuator/health", "/actuator/health/readiness"})
  void healthIsOpenToAnybody(String path) {
    assertThat(nobody.get(path).status()).isEqualTo(200);
    assertThat(RestClient.of(sluice, VIEWER).get(path).status()).isEqualTo(200);
  }

  @Test
  void everyAnswerHasSecurityHeadersAndNoneLetsOtherOriginsIn() {
    for (RestClient.Answer answer : List.of(operator.get("/exports"), nobody.get("/exports"))) {
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
      assertThat(answer.header("Content-Security-Policy"))
          .isEqualTo("default-src 'none'; frame-ancestors 'none'");
      assertThat(answer.header("Cache-Control")).contains("no-store");
      assertThat(answer.headers().map().keySet())
          .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"))
          .doesNotContain("set-cookie");
    }
  }
}
