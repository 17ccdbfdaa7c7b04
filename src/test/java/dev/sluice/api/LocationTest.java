package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the API says that things are, when it is not at the root of its address. */
@Slow("Starts a service for most tests.")
@Timeout(60)
class LocationTest {

  private static final String OPERATOR = "operators-token-0001";
  private static final String VIEWER = "viewers-token-000001";

  private static RestClient.Answer create(OwnService sluice, String base, String... headers) {
    var request = api(sluice).request(base + "/exports").header("Content-Type", "application/json");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return api(sluice)
        .send(
            request,
            "POST",
            """
            {"name": "vm1", "path": "%s", "direction": "write"}\
            """
                .formatted(sluice.root().resolve("vm1")));
  }

  private static RestClient.Answer put(OwnService sluice, String base, String... headers) {
    var request =
        api(sluice).request(base + "/exports/vm2").header("Content-Type", "application/json");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return api(sluice).send(request, "PUT", "{\"peer\": \"http\", \"direction\": \"write\"}");
  }

  private static RestClient api(OwnService sluice) {
    return RestClient.of(sluice, OPERATOR);
  }

  @Test
  void belowAContextPath() {
    try (OwnService sluice =
        OwnService.with(
            List.of(
                "server.servlet.context-path=/base",
                "sluice.security.tokens=%s,viewer:%s".formatted(OPERATOR, VIEWER)))) {
      RestClient.Answer answer = create(sluice, "/base");

      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.header("Location")).isEqualTo("/base/exports/vm1");
      assertThat(api(sluice).get("/base/exports/vm1/").status()).isEqualTo(200);
      RestClient.Answer root = api(sluice).get("/base/");
      assertThat(root.text("exports")).isEqualTo("/base/exports");
      assertThat(api(sluice).get(root.text("ready")).status()).isEqualTo(200);
      RestClient.Answer problem = api(sluice).get("/base/exports/none");
      assertThat(problem.text("instance")).isEqualTo("/base/exports/none");
      assertThat(RestClient.anonymous(sluice).get(problem.text("type")).body())
          .startsWith("no-such-export\n");
      RestClient.Answer put = put(sluice, "/base");
      assertThat(put.status()).isEqualTo(201);
      assertThat(put.header("Location")).isEqualTo("/base/exports/vm2");
      RestClient viewer = RestClient.of(sluice, VIEWER);
      for (String data : List.of("/base/exports/vm2/data", "/base/exports/vm2/data/")) {
        assertThat(viewer.get(data).status()).as(data).isEqualTo(403);
        assertThat(api(sluice).send("HEAD", data, "").status()).as(data).isEqualTo(200);
      }
      assertThat(viewer.send("HEAD", "/base/exports/events", "").status()).isEqualTo(200);
      assertThat(
              viewer.get("/base/exports/" + put.text("id") + "?waitFor=ended&timeout=0").status())
          .isEqualTo(504);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"framework", "native"})
  void afterTheProxyThatTookAPrefixOff(String strategy) {
    try (OwnService sluice =
        OwnService.with(
            List.of(
                "server.forward-headers-strategy=" + strategy,
                "sluice.security.trusted-proxies=127.0.0.1"))) {
      RestClient.Answer answer = create(sluice, "", "X-Forwarded-Prefix", "/storage/sluice");

      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.header("Location")).isEqualTo("/storage/sluice/exports/vm1");
      String[] headers = {
        "X-Forwarded-Prefix", "/storage/sluice",
        "X-Forwarded-Proto", "https",
        "X-Forwarded-Host", "localhost:8443"
      };
      assertThat(put(sluice, "", headers).header("Location"))
          .as("it has no host, which a proxy may not have told")
          .isEqualTo("/storage/sluice/exports/vm2");
      RestClient api = api(sluice);
      assertThat(api.send(api.request("/").headers(headers), "GET", "").text("exports"))
          .isEqualTo("/storage/sluice/exports");
      RestClient.Answer problem =
          api.send(api.request("/exports/none").headers(headers), "GET", "");
      assertThat(problem.text("instance")).isEqualTo("/storage/sluice/exports/none");
      assertThat(problem.text("type")).isEqualTo("/storage/sluice/problems/no-such-export");
    }
  }

  @Test
  void aPrefixIsNotHeededUnlessThatIsConfigured() {
    try (OwnService sluice = OwnService.with(List.of())) {
      assertThat(create(sluice, "", "X-Forwarded-Prefix", "/evil").header("Location"))
          .isEqualTo("/exports/vm1");
    }
  }
}
