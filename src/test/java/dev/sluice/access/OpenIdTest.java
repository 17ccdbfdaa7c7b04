package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The REST API of a service that knows an OpenID provider. */
@Slow("Starts a service for each test, and waits for a provider that does not answer.")
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class OpenIdTest {

  private static final String TOKEN = "operators-token-0001";

  private static OwnService service(String issuer, String... properties) {
    String jwt = "spring.security.oauth2.resourceserver.jwt.";
    return OwnService.with(
        Stream.concat(
                Stream.of(
                    jwt + "issuer-uri=" + issuer,
                    jwt + "audiences=sluice",
                    "sluice.security.tokens=" + TOKEN),
                Stream.of(properties))
            .toList());
  }

  @Test
  void aTokenOfTheProviderHasTheRolesOfItsClaim() throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice = service(provider.issuer())) {
      RestClient operator = RestClient.of(sluice, provider.token("sluice", List.of("operator")));
      RestClient viewer =
          RestClient.of(sluice, provider.token("sluice", List.of("viewer", "cook")));
      RestClient neither = RestClient.of(sluice, provider.token("sluice", List.of("cook")));

      assertThat(operator.create("mine").status()).isEqualTo(201);
      assertThat(viewer.get("/exports/mine").status()).isEqualTo(200);
      assertThat(viewer.delete("/exports/mine").status()).isEqualTo(403);
      assertThat(neither.get("/exports/mine").status()).isEqualTo(403);
      assertThat(operator.delete("/exports/mine").status()).isEqualTo(204);
      assertThat(RestClient.of(sluice, TOKEN).get("/exports").status()).isEqualTo(200);
    }
  }

  @Test
  void aTokenThatIsExpiredOrForOthersOrOfAStrangerIsWrong() throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OpenIdProvider stranger = new OpenIdProvider();
        OwnService sluice = service(provider.issuer())) {
      List<String> roles = List.of("operator");
      String good = provider.token("sluice", roles);
      assertThat(RestClient.of(sluice, good).get("/exports").status()).isEqualTo(200);

      for (String wrong :
          List.of(
              provider.expiredToken("sluice", roles),
              provider.token("others", roles),
              stranger.token("sluice", roles),
              provider.unsignedToken("sluice", roles),
              good.substring(0, good.length() - 3) + "AAA")) {
        assertThat(RestClient.of(sluice, wrong).get("/exports").status()).as(wrong).isEqualTo(401);
      }
    }
  }

  @Test
  void aProviderThatDoesNotAnswerIsNotTheClientsFault() throws Exception {
    try (OpenIdProvider stranger = new OpenIdProvider();
        OwnService sluice = service("http://127.0.0.1:9/")) {
      assertThat(RestClient.of(sluice, TOKEN).get("/exports").status()).isEqualTo(200);

      RestClient.Answer answer =
          RestClient.of(sluice, stranger.token("sluice", List.of("operator"))).get("/exports");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.detail()).contains("cannot be checked now");
    }
  }

  @Test
  void whatHasNotTheFormOfAJwtIsNoQuestionForTheProvider() throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice = service(provider.issuer(), "sluice.security.max-failed-logins=1000")) {
      for (String junk : List.of("a", "a.b.c", "e30.e30.e30", "....", "eyJhbGciOiJub25lIn0.e30.")) {
        assertThat(RestClient.of(sluice, junk).get("/exports").status()).as(junk).isEqualTo(401);
        assertThat(provider.asked()).as(junk).isZero();
      }
    }
  }

  @Test
  void aProviderThatHangsHoldsNobodyWhoseTokenIsKnown(CapturedOutput output) throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice = service(provider.issuer(), "sluice.security.max-failed-logins=1000");
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      provider.hang();
      String jwt = provider.token("sluice", List.of("operator"));
      HttpClient http = HttpClient.newHttpClient();
      List<CompletableFuture<Integer>> waiting = new ArrayList<>();
      for (int i = 0; i < 210; i++) {
        waiting.add(
            http.sendAsync(
                    HttpRequest.newBuilder(sluice.api().resolve("/exports"))
                        .header("Authorization", "Bearer " + jwt)
                        .build(),
                    BodyHandlers.discarding())
                .thenApply(HttpResponse::statusCode));
      }

      assertThat(RestClient.of(sluice, TOKEN).get("/exports").status()).isEqualTo(200);
      assertThat(sluice.api().statusOf("/livez")).isEqualTo(200);
      for (CompletableFuture<Integer> status : waiting) {
        assertThat(status.get(30, TimeUnit.SECONDS)).isEqualTo(503);
      }
      http.close();
      assertThat(provider.asked()).as("discoveries").isBetween(1, 3);
      assertThat(output).containsOnlyOnce("A token cannot be checked");
      assertThat(output).doesNotContain("\tat ");
      assertThat(RestClient.of(sluice, TOKEN).get("/actuator/prometheus").body())
          .contains("sluice_api_refusals_total{reason=\"unchecked-token\"} 210.0");
    }
  }

  @Test
  void aKeyThatTheProviderDoesNotHaveIsAskedForOnceInAWhile() throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice = service(provider.issuer())) {
      String good = provider.token("sluice", List.of("operator"));
      assertThat(RestClient.of(sluice, good).get("/exports").status()).isEqualTo(200);
      for (int i = 0; i < 10; i++) {
        assertThat(RestClient.of(sluice, provider.tokenOfKey("other" + i)).get("/exports").status())
            .isEqualTo(401);
      }

      assertThat(provider.asked()).as("twice for each fetch").isLessThanOrEqualTo(6);
      assertThat(RestClient.of(sluice, good).get("/exports").status()).isEqualTo(200);
    }
  }

  @Test
  void tokensThatCannotBeCheckedCountAsWrongOnes() throws Exception {
    try (OpenIdProvider stranger = new OpenIdProvider();
        OwnService sluice = service("http://127.0.0.1:9/", "sluice.security.max-failed-logins=3")) {
      RestClient guesser = RestClient.of(sluice, stranger.token("sluice", List.of("operator")));
      for (int i = 0; i < 3; i++) {
        assertThat(guesser.get("/exports").status()).isEqualTo(503);
      }
      assertThat(guesser.get("/exports").status()).isEqualTo(429);
    }
  }

  @Test
  void aTokenForEverOrWithOddRolesIsWrong() throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice = service(provider.issuer())) {
      for (String wrong : List.of(provider.tokenForEver(), provider.tokenWithOddRoles())) {
        assertThat(RestClient.of(sluice, wrong).get("/exports").status()).isBetween(401, 403);
      }
    }
  }

  @Test
  void theChallengeRepeatsNothingOfTheRequest() throws Exception {
    try (OwnService sluice = service("http://127.0.0.1:9/")) {
      assertThat(RestClient.anonymous(sluice).get("/exports").header("WWW-Authenticate"))
          .isEqualTo("Bearer");
      assertThat(RestClient.of(sluice, "wrong").get("/exports").header("WWW-Authenticate"))
          .isEqualTo("Bearer error=\"invalid_token\"");
    }
  }

  @Test
  void withAPublicKeyAloneATokenHasToExpireAsWell(CapturedOutput output) throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice =
            OwnService.with(
                List.of(
                    "spring.security.oauth2.resourceserver.jwt.public-key-location="
                        + provider.publicKey().toUri()))) {
      String good = provider.token("anything", List.of("operator"));
      assertThat(RestClient.of(sluice, good).get("/exports").status()).isEqualTo(200);
      assertThat(RestClient.of(sluice, provider.tokenForEver()).get("/exports").status())
          .isEqualTo(401);
      assertThat(output).containsOnlyOnce("jwt.audiences is not set");
    }
  }

  @Test
  void withoutAnIssuerTheLogSaysThatEveryOneWillDo(CapturedOutput output) throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice =
            OwnService.with(
                List.of(
                    "spring.security.oauth2.resourceserver.jwt.jwk-set-uri="
                        + provider.issuer()
                        + "/keys"))) {
      String good = provider.token("anything", List.of("viewer"));
      assertThat(RestClient.of(sluice, good).get("/exports").status()).isEqualTo(200);
      assertThat(output)
          .containsOnlyOnce("jwt.audiences is not set")
          .containsOnlyOnce("jwt.issuer-uri is not set");
    }
  }

  @Test
  void claimsThatAreNoSuchThingMakeAWrongTokenAndNoError() throws Exception {
    try (OpenIdProvider provider = new OpenIdProvider();
        OwnService sluice = service(provider.issuer(), "sluice.security.max-failed-logins=1000")) {
      for (String claim :
          List.of("iss", "aud", "exp", "nbf", "iat", "roles", "sub", "jti", "cnf")) {
        for (Object odd : List.of(-1, "x", List.of(), List.of(1), Map.of("a", 1), true)) {
          RestClient.Answer answer =
              RestClient.of(sluice, provider.tokenWith(claim, odd)).get("/exports");
          assertThat(answer.status()).as("%s %s", claim, odd).isIn(200, 401, 403);
        }
      }
    }
  }
}
