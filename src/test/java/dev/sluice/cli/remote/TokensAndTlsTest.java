package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Typed;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service that wants tokens and encrypts. */
@Slow("Starts several services.")
@Timeout(60)
class TokensAndTlsTest {

  private static final String OPERATOR = "operators-token-0001";
  private static final String VIEWER = "viewers-token-000002";

  private static Path authority;
  private static Path stranger;
  private static OwnService service;
  private static String url;

  @BeforeAll
  static void startService() throws Exception {
    Pki pki = new Pki("Sluice tests");
    authority = pki.folder().resolve("ca-cert.pem");
    stranger = new Pki("Somebody else").folder().resolve("ca-cert.pem");
    Path files = Workspace.newFolder("server");
    Pki.writeServer(files, pki.server(), pki);
    List<String> properties = new ArrayList<>(Pki.properties(files, "off", "none"));
    properties.add("server.ssl.bundle=nbd");
    properties.add("sluice.security.tokens=%s,viewer:%s".formatted(OPERATOR, VIEWER));
    service = OwnService.with(properties);
    url = "https://localhost:" + service.port();
  }

  @AfterAll
  static void stopService() {
    service.close();
  }

  /** Runs a command that trusts the service. */
  private static Typed sluice(Map<String, String> variables, String... words) {
    Map<String, String> all = new HashMap<>(Map.of("SLUICE_URL", url));
    all.put("SLUICE_CA", authority.toString());
    all.putAll(variables);
    return Typed.run(all, words);
  }

  private static void assertDone(Typed typed) {
    assertThat(typed.err()).doesNotContain("error");
    assertThat(typed.exitCode()).as(typed.err()).isZero();
  }

  private static String file(String content) throws Exception {
    return Files.writeString(Workspace.newPath("token"), content).toString();
  }

  @Test
  void aTokenComesFromAVariable() {
    assertDone(sluice(Map.of("SLUICE_TOKEN", VIEWER), "list"));
    assertDone(sluice(Map.of("SLUICE_TOKEN", VIEWER), "version"));
  }

  @Test
  void aTokenComesFromAFile() throws Exception {
    assertDone(sluice(Map.of("SLUICE_TOKEN_FILE", file(VIEWER + "\n")), "list"));
    assertDone(sluice(Map.of(), "list", "--token-file", file(VIEWER + "\r\n")));
  }

  @Test
  void whatIsTypedCountsBeforeVariablesAndATokenBeforeAFile() throws Exception {
    Map<String, String> wrong = Map.of("SLUICE_TOKEN", "wrong", "SLUICE_TOKEN_FILE", "/no/such");

    assertDone(sluice(wrong, "list", "--token-file=" + file(VIEWER)));
    assertDone(sluice(Map.of("SLUICE_TOKEN", VIEWER, "SLUICE_TOKEN_FILE", "/no/such"), "list"));
  }

  @Test
  void fourWithoutATokenOrWithAWrongOne() {
    Typed none = sluice(Map.of(), "list");
    assertThat(none.exitCode()).isEqualTo(4);
    assertThat(none.err()).contains("a token is needed", "SLUICE_TOKEN_FILE", "--token-file");

    Typed wrong = sluice(Map.of("SLUICE_TOKEN", "somebody-elses-token"), "list");
    assertThat(wrong.exitCode()).isEqualTo(4);
    assertThat(wrong.err()).contains("not valid").doesNotContain("somebody-elses");
  }

  @Test
  void fourForATokenThatDoesNotPermitIt() {
    Typed typed = sluice(Map.of("SLUICE_TOKEN", VIEWER), "delete", "any");

    assertThat(typed.exitCode()).isEqualTo(4);
    assertThat(typed.err()).contains("does not permit it", "operator");
  }

  /** Who knows a name can use the export, so a viewer is shown the id. */
  @Test
  void aViewerSeesIds() {
    String pipe = service.root().resolve("secret").toString();
    assertDone(sluice(Map.of("SLUICE_TOKEN", OPERATOR), "create", "secret", "write=" + pipe));

    Typed list = sluice(Map.of("SLUICE_TOKEN", VIEWER), "list");
    assertThat(list.out()).contains("~").doesNotContain("secret");
    String id = sluice(Map.of("SLUICE_TOKEN", VIEWER), "list", "-o", "name").out().strip();
    assertThat(sluice(Map.of("SLUICE_TOKEN", VIEWER), "get", id).out()).contains(id, "WAITING");

    assertDone(sluice(Map.of("SLUICE_TOKEN", OPERATOR), "delete", "secret"));
  }

  @Test
  void twoForAFileThatHasNoToken() throws Exception {
    Typed typed = sluice(Map.of(), "list", "--token-file=" + file("two tokens"));

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.err()).contains("it has no bearer token").doesNotContain("two tokens");
  }

  @Test
  void threeForACertificateThatNobodyKnows() {
    for (String ca : List.of("", stranger.toString())) {
      Typed typed = sluice(Map.of("SLUICE_CA", ca, "SLUICE_TOKEN", VIEWER), "list");

      assertThat(typed.exitCode()).isEqualTo(3);
      assertThat(typed.err()).contains("signed by nobody whom this program trusts", "--ca=FILE");
    }
    assertDone(
        sluice(
            Map.of("SLUICE_CA", stranger.toString(), "SLUICE_TOKEN", VIEWER),
            "list",
            "--ca=" + authority));
  }

  @Test
  void threeForTheOtherProtocol() throws Exception {
    Typed plain = sluice(Map.of("SLUICE_URL", url.replace("https", "http")), "list");
    assertThat(plain.exitCode()).isEqualTo(3);
    assertThat(plain.err()).contains("expected https instead of http");

    try (OwnService other = OwnService.with()) {
      Typed tls = sluice(Map.of("SLUICE_URL", "https://localhost:" + other.port()), "list");
      assertThat(tls.exitCode()).isEqualTo(3);
      assertThat(tls.err()).contains("expected http instead of https");
    }
  }

  @Test
  void twoForAnAuthorityThatIsNone() throws Exception {
    for (String content : List.of("", "-----BEGIN CERTIFICATE-----\nAAAA\n")) {
      Typed typed = sluice(Map.of(), "list", "--ca=" + file(content));

      assertThat(typed.exitCode()).as(typed.err()).isEqualTo(2);
      assertThat(typed.err()).contains("expected");
    }
  }

  @Test
  void aTokenDoesNotFollowARedirect() throws Exception {
    try (OtherServer target = OtherServer.answering(200, "{}");
        OtherServer first =
            OtherServer.answering(
                302, "", "Location", "http://localhost:%d/".formatted(target.port()))) {
      Typed typed =
          sluice(
              Map.of("SLUICE_TOKEN", VIEWER, "SLUICE_URL", "http://127.0.0.1:" + first.port()),
              "list");

      assertThat(typed.exitCode()).isEqualTo(3);
      assertThat(typed.err()).contains("has moved to http://localhost");
      assertThat(first.requests()).isOne();
      assertThat(target.requests()).isZero();
    }
  }

  @Test
  void aTokenThatEverybodyOnTheWayCanReadIsWarnedOf() {
    Map<String, String> variables = Map.of("SLUICE_TOKEN", VIEWER);
    String warning = "sluice: warning: the token goes to sluice.invalid unencrypted";

    assertThat(sluice(variables, "list", "--url=http://sluice.invalid").err()).contains(warning);
    assertThat(sluice(variables, "list", "--url=https://sluice.invalid").err())
        .doesNotContain("warning");
    assertThat(sluice(Map.of(), "list", "--url=http://sluice.invalid").err())
        .doesNotContain("warning");
    for (String loopback : List.of("127.0.0.1", "127.1.2.3", "localhost", "[::1]")) {
      assertThat(sluice(variables, "list", "--url=http://%s:1".formatted(loopback)).err())
          .doesNotContain("warning");
    }
  }
}
