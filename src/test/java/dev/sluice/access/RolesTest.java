package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What each role learns of a service that has everything of the actuator's exposed. */
class RolesTest {

  /** Nothing else has it in it. */
  private static final String NAME = "Secret-Name";

  private static OwnService sluice;
  private static RestClient operator;
  private static RestClient viewer;
  private static RestClient scraper;

  @BeforeAll
  static void start() {
    sluice =
        OwnService.with(
            List.of(
                "sluice.security.tokens=operators-token-0001,viewer:viewers-token-000001,"
                    + "metrics:scrapers-token-00001",
                "management.endpoints.web.exposure.include=*",
                "management.endpoint.heapdump.access=unrestricted"));
    operator = RestClient.of(sluice, "operators-token-0001");
    viewer = RestClient.of(sluice, "viewers-token-000001");
    scraper = RestClient.of(sluice, "scrapers-token-00001");
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  @AfterEach
  void deleteExport() {
    operator.delete("/exports/" + NAME);
  }

  private static JsonNode json(RestClient.Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private static String idOf(String name) {
    return json(operator.get("/exports/" + name)).get("id").asString();
  }

  @Test
  void aScraperReadsTheMetricsAndNothingElse() {
    assertThat(scraper.get("/actuator/prometheus").status()).isEqualTo(200);
    assertThat(scraper.get("/livez").status()).isEqualTo(200);
    assertThat(scraper.get("/actuator/health").body())
        .isEqualTo(RestClient.anonymous(sluice).get("/actuator/health").body());
    for (String path :
        List.of(
            "/exports",
            "/exports/",
            "/exports/" + NAME,
            "/actuator",
            "/actuator/info",
            "/actuator/metrics",
            "/actuator/sbom/application")) {
      RestClient.Answer refused = scraper.get(path);
      assertThat(refused.status()).as(path).isEqualTo(403);
      assertThat(refused.detail()).contains("expected one of the role viewer");
    }
    assertThat(scraper.create(NAME).status()).isEqualTo(403);
    assertThat(scraper.post("/actuator/prometheus", "").status()).isEqualTo(403);
  }

  /** Though it is kept as an operator was shown it. */
  @Test
  void aViewerSeesNoNameOfAnExportThatHasEnded() {
    operator.post(
        """
        {"name": "%s", "path": "%s", "direction": "write", "lifetime": "1ms"}\
        """
            .formatted(NAME, sluice.root().resolve(NAME)));
    assertThat(json(operator.get("/exports/" + NAME + "?waitFor=ended&timeout=10s")).get("state"))
        .hasToString("\"FAILED\"");
    for (int i = 0; i < 2; i++) {
      assertThat(operator.get("/exports").body()).contains(NAME).contains("FAILED");
      assertThat(viewer.get("/exports").body()).doesNotContain(NAME).contains("FAILED");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/exports", "/exports/"})
  void aViewerSeesExportsWithoutWhatItTakesToUseThem(String list) {
    operator.create(NAME);
    String id = idOf(NAME);
    assertThat(operator.get(list).body()).contains(NAME);
    String exports = viewer.get(list).body();

    assertThat(exports).doesNotContainIgnoringCase(NAME).doesNotContain("nbd");
    JsonNode listed = JsonMapper.shared().readTree(exports).at("/exports/0");
    assertThat(listed.get("id").asString()).isEqualTo(id);
    for (String hidden : List.of("name", "path", "uris", "labels")) {
      assertThat(listed.get(hidden).isNull()).as(hidden).isTrue();
    }
    assertThat(listed.get("state").asString()).isEqualTo("WAITING");
    String waits = "?waitFor=ended&timeout=0";
    assertThat(viewer.get("/exports/" + id + waits).body())
        .contains("WAITING")
        .doesNotContain(NAME);
    for (String path : List.of("/exports/" + id, "/exports/" + id + "/", "/exports/" + NAME)) {
      ObjectNode shown = (ObjectNode) json(viewer.get(path));
      assertThat(shown.remove("events").isArray()).as(path).isTrue(); // which no list has
      assertThat(shown).as(path).isEqualTo(listed);
    }
  }

  @Test
  void aViewerFindsNothingByLabelsThatItDoesNotSee() {
    for (String clients : List.of("null", "{\"networks\": [\"::1\"]}")) {
      operator.post(
          "/exports",
          """
          {"name": "%s", "peer": "http", "direction": "write", "labels": {"vm": "%s"}, "clients": %s}\
          """
              .formatted(NAME, NAME, clients));
      String query = "/exports?label=vm=" + NAME;

      assertThat(json(operator.get(query)).get("exports")).hasSize(1);
      assertThat(json(viewer.get(query)).get("exports")).hasSize(clients.equals("null") ? 0 : 1);
      operator.delete("/exports/" + NAME);
    }
  }

  @Test
  void aViewerIsToldOfExportsWithoutWhatItTakesToUseThem() {
    operator.post(
        "/exports",
        """
        {"name": "%s", "peer": "http", "direction": "write", "lifetime": "1ms"}\
        """
            .formatted(NAME));
    String id = idOf(NAME);

    RestClient.Answer told = viewer.get("/exports/" + id + "/events"); // which end with the export

    assertThat(told.status()).isEqualTo(200);
    assertThat(told.body()).contains("event: export", "\"FAILED\"", id).doesNotContain(NAME);
    assertThat(operator.get("/exports/" + id + "/events").body()).contains(NAME);
    assertThat(scraper.get("/exports/events").status()).isEqualTo(403);
    assertThat(RestClient.anonymous(sluice).get("/exports/events").status()).isEqualTo(401);
  }

  @Test
  void aViewerGetsNoData() {
    operator.post(
        "/exports",
        """
        {"name": "%s", "peer": "http", "direction": "write"}\
        """
            .formatted(NAME));

    for (String path : List.of("/exports/" + NAME + "/data", "/exports/" + NAME + "/data/")) {
      RestClient.Answer refused = viewer.get(path);
      assertThat(refused.status()).as(path).isEqualTo(403);
      assertThat(refused.detail()).contains("expected one of the role operator");
      assertThat(RestClient.anonymous(sluice).get(path).status()).as(path).isEqualTo(401);
    }
  }

  @Test
  void aViewerSeesAllOfAnExportThatHasARule() {
    operator.post(
        "/exports",
        """
        {"name": "%s", "path": "%s", "direction": "write", "clients": {"networks": ["10.0.0.0/8"]}}\
        """
            .formatted(NAME, sluice.root().resolve(NAME)));

    assertThat(json(viewer.get("/exports/" + idOf(NAME))))
        .isEqualTo(json(operator.get("/exports/" + NAME)));
    assertThat(viewer.get("/exports").body()).contains(NAME);
  }

  @Test
  void aRuleThatKeepsNobodyOutIsNone() {
    operator.post(
        "/exports",
        """
        {"name": "%s", "path": "%s", "direction": "write", "clients": {"networks": ["0.0.0.0/0", "::/0"]}}\
        """
            .formatted(NAME, sluice.root().resolve(NAME)));

    assertThat(viewer.get("/exports").body()).doesNotContain(NAME);
    assertThat(operator.get("/exports").body()).contains(NAME);
  }

  @Test
  void anOperatorSeesAllAndFindsAnExportByItsId() {
    operator.create(NAME);
    JsonNode export = json(operator.get("/exports/" + NAME));

    assertThat(json(operator.get("/exports/" + export.get("id").asString()))).isEqualTo(export);
    assertThat(export.get("name").asString()).isEqualTo(NAME);
    assertThat(export.get("path").asString()).endsWith(NAME);
    assertThat(export.at("/uris/0").asString()).endsWith(NAME);
    assertThat(operator.delete("/exports/" + NAME).status()).isEqualTo(204);
    assertThat(operator.get("/exports/" + export.get("id").asString()).status()).isEqualTo(404);
  }

  @Test
  void anIdIsNoName() {
    operator.create(NAME);
    String id = idOf(NAME);

    assertThat(id).hasSizeGreaterThan(32).doesNotContain(NAME);
    assertThat(operator.create(id).status()).isEqualTo(400);
    assertThat(operator.delete("/exports/" + id).status()).isEqualTo(404);
    operator.delete("/exports/" + NAME);
    operator.create(NAME);
    assertThat(idOf(NAME)).as("of another export with the same name").isNotEqualTo(id);
  }

  @Test
  @Slow("Asks for everything there is.")
  void nothingThatAViewerOrAScraperMayAskForHasANameInIt() {
    operator.create(NAME);
    operator.get("/exports/" + NAME);
    viewer.get("/exports/" + NAME + "/x");
    operator.post("/exports/" + NAME + "/finish", "");

    for (String path :
        List.of(
            "/exports",
            "/actuator",
            "/actuator/health",
            "/actuator/info",
            "/actuator/metrics",
            "/actuator/metrics/http.server.requests",
            "/actuator/metrics/sluice.exports",
            "/actuator/prometheus")) {
      RestClient.Answer answer = viewer.get(path);
      assertThat(answer.status()).as(path).isIn(200, 503);
      assertThat(answer.body()).as(path).doesNotContainIgnoringCase(NAME);
    }
    assertThat(scraper.get("/actuator/prometheus").body()).doesNotContain(NAME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env",
        "configprops",
        "beans",
        "mappings",
        "conditions",
        "loggers",
        "threaddump",
        "heapdump",
        "scheduledtasks"
      })
  void theInsidesOfTheServiceAreForOperators(String endpoint) {
    for (RestClient refused : List.of(viewer, scraper)) {
      RestClient.Answer answer = refused.get("/actuator/" + endpoint);
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.detail()).contains("expected one of the role operator");
    }
    assertThat(RestClient.anonymous(sluice).get("/actuator/" + endpoint).status()).isEqualTo(401);
    if (!endpoint.equals("heapdump")) {
      assertThat(operator.get("/actuator/" + endpoint).status()).isEqualTo(200);
    }
  }

  /** Liveness has no parts. */
  @ParameterizedTest
  @ValueSource(strings = {"/actuator/health", "/actuator/health/readiness", "/readyz", "/livez"})
  void healthTellsStrangersUpOrDownAndNothingElse(String path) {
    for (RestClient stranger : List.of(RestClient.anonymous(sluice), scraper)) {
      JsonNode health = json(stranger.get(path));
      assertThat(health.get("status").asString()).isEqualTo("UP");
      assertThat(health.propertyNames()).isSubsetOf("status", "groups");
    }
    for (RestClient known : List.of(viewer, operator)) {
      assertThat(json(known.get(path)).has("components")).isEqualTo(!path.equals("/livez"));
    }
  }

  @Test
  void partsOfHealthAreForThoseWithAToken() {
    assertThat(RestClient.anonymous(sluice).get("/actuator/health/nbd").status()).isEqualTo(404);
    assertThat(scraper.get("/actuator/health/nbd").status()).isEqualTo(404);
    assertThat(json(viewer.get("/actuator/health/nbd")).at("/details/address").asString())
        .isNotEmpty();
  }
}
