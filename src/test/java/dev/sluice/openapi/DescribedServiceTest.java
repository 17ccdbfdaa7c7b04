package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.json.JsonMapper;

/** The service answers as its description says: every response occurs, and no other. */
@Slow("Goes through every response that there is.")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescribedServiceTest {

  static final String OPERATOR = "operators-token-0001";
  static final String VIEWER = "viewers-token-000001";
  static final String SCRAPER = "scrapers-token-00001";

  /** What this test cannot bring about, with who else looks at it. */
  private static final Set<String> ELSEWHERE =
      new TreeSet<>(
          Set.of(
              "* 500 internal-error", // ProblemTest, by a service with a fault
              "* 503 unavailable", // SystemFailureTest, without descriptors
              "POST /exports 507 store-full", // FullDiskTest, on a disk that is full
              "PUT /exports/{name} 507 store-full",
              "PATCH /exports/{name} 507 store-full",
              "GET /exports/{name}/data 307", // OneApiIT, by several pods
              "PUT /exports/{name}/data 307",
              "POST /exports/{name}/data 307",
              "GET /livez 503", // while the service stops, and then mostly too late
              "POST /exports/{name}/data/confirm 202")); // where a disk takes five seconds

  private Witness witness;

  @BeforeAll
  void read() throws IOException {
    try (InputStream file = getClass().getResourceAsStream("/openapi.json")) {
      witness = new Witness(JsonMapper.shared().readTree(file));
    }
  }

  @Test
  void everyResponseOccursAndNoOther() throws Exception {
    try (OwnService sluice =
        OwnService.with(
            "sluice.security.tokens=%s,viewer:%s,metrics:%s".formatted(OPERATOR, VIEWER, SCRAPER),
            "sluice.exports.finish-wait=0s")) {
      new ExportCalls(sluice, witness).make();
      new DataCalls(sluice, witness).make();
      new ServiceCalls(sluice, witness).make();
    }
    LimitCalls.make(witness);

    assertThat(witness.missing()).isEqualTo(ELSEWHERE);
  }

  /** Each role may do what the description says of it. */
  @Test
  void aRequestNeedsTheRoleThatIsDescribed() {
    try (OwnService sluice =
        OwnService.with(
            "sluice.security.tokens=%s,viewer:%s,metrics:%s".formatted(OPERATOR, VIEWER, SCRAPER),
            "sluice.security.max-failed-logins=1000")) {
      for (String request : witness.requests()) {
        String role = witness.operation(request).path("x-role").asString("nobody");

        assertThat(isPermitted(sluice, "", request)).as(request).isEqualTo(role.equals("nobody"));
        assertThat(isPermitted(sluice, SCRAPER, request))
            .as(request)
            .isEqualTo(Set.of("nobody", "metrics").contains(role));
        assertThat(isPermitted(sluice, VIEWER, request))
            .as(request)
            .isEqualTo(!role.equals("operator"));
      }
    }
  }

  private static boolean isPermitted(OwnService sluice, String token, String request) {
    String[] words = request.replaceAll("\\{[a-z]+}", "none").split(" ");
    RestClient client = RestClient.of(sluice, token);
    String method = words[1].endsWith("/exports/events") ? "HEAD" : words[0];
    int status = client.send(method, words[1], "").status();
    return status != 401 && status != 403;
  }
}
