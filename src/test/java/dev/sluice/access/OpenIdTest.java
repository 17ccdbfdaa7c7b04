package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The REST API of a service that knows an OpenID provider. */
class OpenIdTest {

  private static final String TOKEN = "operators-token-0001";

  private static OwnService service(String issuer) {
    String jwt = "spring.security.oauth2.resourceserver.jwt.";
    return OwnService.with(
        List.of(
            jwt + "issuer-uri=" + issuer,
            jwt + "audiences=sluice",
            "sluice.security.tokens=" + TOKEN));
  }

  @Test
  void aTokenOfTheProviderHasTheRolesOfItsClaim() throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice = service(provider.issuer())) {
      Api operator = new Api(sluice, provider.token("sluice", List.of("operator")));
      Api viewer = new Api(sluice, provider.token("sluice", List.of("viewer", "cook")));
      Api neither = new Api(sluice, provider.token("sluice", List.of("cook")));

      assertThat(operator.create("mine").status()).isEqualTo(201);
      assertThat(viewer.get("/exports/mine").status()).isEqualTo(200);
      assertThat(viewer.delete("/exports/mine").status()).isEqualTo(403);
      assertThat(neither.get("/exports/mine").status()).isEqualTo(403);
      assertThat(operator.delete("/exports/mine").status()).isEqualTo(204);
      assertThat(new Api(sluice, TOKEN).get("/exports").status()).isEqualTo(200);
    }
  }

  @Test
  void aTokenThatIsExpiredOrForOthersOrOfAStrangerIsWrong() throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OpenIdProvider stranger = new OpenIdProvider();
        OwnService sluice = service(provider.issuer())) {
      List<String> roles = List.of("operator");
      String good = provider.token("sluice", roles);
      assertThat(new Api(sluice, good).get("/exports").status()).isEqualTo(200);

      for (String wrong :
          List.of(
              provider.expiredToken("sluice", roles),
              provider.token("others", roles),
              stranger.token("sluice", roles),
              provider.unsignedToken("sluice", roles),
              good.substring(0, good.length() - 3) + "AAA")) {
        assertThat(new Api(sluice, wrong).get("/exports").status()).as(wrong).isEqualTo(401);
      }
    }
  }

  @Test
  void aProviderThatDoesNotAnswerIsNotTheClientsFault() {
    try (OwnService sluice = service("http://127.0.0.1:9/")) {
      assertThat(new Api(sluice, TOKEN).get("/exports").status()).isEqualTo(200);

      Api.Answer answer = new Api(sluice, "e30.e30.e30").get("/exports");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.detail()).contains("cannot be checked now");
    }
  }
}
