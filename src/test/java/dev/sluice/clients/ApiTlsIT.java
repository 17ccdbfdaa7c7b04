package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Workspace;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The REST API over TLS, by Spring Boot's own properties, as curl sees it. */
class ApiTlsIT {

  private static final String TOKEN = "operators-token-0001";

  private static Pki pki;
  private static Path files;

  @BeforeAll
  static void makeCertificates() throws Exception {
    Peers.require("curl");
    pki = Pki.rsa("Sluice tests");
    files = Workspace.newFolder("server");
    Pki.writeServer(files, pki.server(), pki);
  }

  private static OwnService service(String... more) {
    List<String> properties = new ArrayList<>(Pki.properties(files, "off", "none"));
    properties.add("server.ssl.bundle=nbd");
    properties.add("sluice.security.tokens=" + TOKEN);
    properties.addAll(List.of(more));
    return OwnService.with(properties);
  }

  private static Command curl(OwnService sluice, Object... options) {
    URI plain = sluice.api().resolve("/exports");
    return Command.of("curl", plain.toString().replace("http:", "https:"))
        .with("-sS", "--fail-with-body", "-i", "-m", 30)
        .with("-H", "Authorization: Bearer " + TOKEN)
        .with(options);
  }

  @Test
  void aClientThatTrustsTheAuthorityIsServed() throws Exception {
    try (OwnService sluice = service()) {
      Command.Result answer =
          curl(sluice, "--cacert", pki.folder().resolve("ca-cert.pem")).run().assertSucceeded();

      assertThat(answer.output())
          .contains("{\"exports\":[]}")
          .containsIgnoringCase("Strict-Transport-Security:");
    }
  }

  @Test
  void othersAreNot() throws Exception {
    try (OwnService sluice = service()) {
      assertThat(curl(sluice).run().assertFailed().errors()).contains("certificate");
      String plain = sluice.api().resolve("/exports").toString();
      assertThat(Command.of("curl", "-sS", "-i", "-m", 30, plain).run().output())
          .contains(" 400", "TLS");
    }
  }

  @Test
  void aCertificateOfTheClientCanBeAskedFor() throws Exception {
    try (OwnService sluice = service("server.ssl.client-auth=need")) {
      Path client = pki.folder(pki.client("CN=curl"));
      Path authority = client.resolve("ca-cert.pem");

      curl(sluice, "--cacert", authority).run().assertFailed();
      curl(sluice, "--cacert", authority, "--cert", client.resolve("client-cert.pem"))
          .with("--key", client.resolve("client-key.pem"))
          .run()
          .assertSucceeded();
    }
  }
}
