package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Swagger UI of a service that has it, and asks for tokens otherwise. */
class SwaggerUiTest {

  private static OwnService sluice;
  private static RestClient browser;

  @BeforeAll
  static void start() {
    sluice =
        OwnService.with(
            "sluice.security.tokens=operators-token-0001", "sluice.description.ui=true");
    browser = RestClient.anonymous(sluice);
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  @ParameterizedTest
  @CsvSource({
    "index.html, text/html, <div id=",
    "start.js, text/javascript, ../v3/api-docs",
    "swagger-ui-bundle.js, text/javascript, SwaggerUI",
    "swagger-ui.css, text/css, .swagger-ui"
  })
  void aBrowserGetsItsPageAndRunsNothingOfOthers(String file, String type, String part) {
    RestClient.Answer answer = browser.get("/swagger-ui/" + file);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith(type);
    assertThat(answer.header("Content-Security-Policy")).contains("script-src 'self';");
    assertThat(answer.body()).contains(part);
  }

  @Test
  void itGetsTheDescriptionAndNothingElse() {
    assertThat(browser.get("/v3/api-docs").text("openapi")).startsWith("3.1.");
    assertThat(browser.get("/exports").status()).isEqualTo(401);
    assertThat(browser.post("/v3/api-docs", "").status()).isEqualTo(401);
    assertThat(browser.get("/webjars/swagger-ui/5.34.1/index.html").status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({"..%2fopenapi.json, 400", "..;/openapi.json, 400", "none.js, 404", "META-INF, 404"})
  void nothingElseOfTheJarIsThere(String path, int status) {
    assertThat(browser.get("/swagger-ui/" + path).status()).isEqualTo(status);
  }
}
