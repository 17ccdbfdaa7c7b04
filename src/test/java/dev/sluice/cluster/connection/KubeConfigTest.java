package dev.sluice.cluster.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files for kubectl are read as kubectl reads them. */
class KubeConfigTest {

  static final String SERVER = "server: 'https://10.0.0.1:6443'";

  private static Path rsa;
  private static Path ec;

  @TempDir private Path folder;
  private Path file;

  @BeforeAll
  static void makeKeys() throws Exception {
    Pki pki = Pki.rsa("authority");
    rsa = pki.folder(pki.client("CN=sluice"));
    Pki elliptic = new Pki("elliptic");
    ec = elliptic.folder(elliptic.client("CN=sluice"));
    Peers.require("openssl");
    Path key = ec.resolve("client-key.pem");
    Command.of("openssl", "ec", "-in", key, "-out", key).run().assertSucceeded();
  }

  @BeforeEach
  void nameFile() {
    file = folder.resolve("config");
  }

  /** A file whose current context has this cluster and this user, beside others. */
  static String text(String cluster, String user) {
    return """
    apiVersion: v1
    kind: Config
    preferences: {}
    current-context: here
    clusters: [{name: other, cluster: {}}, {name: mine, cluster: {%s}}]
    users: [{name: other, user: {}}, {name: me, user: {%s}}]
    contexts: [{name: other, context: {cluster: a, user: b}}, {name: here, context: {cluster: mine, user: me}}]
    """
        .formatted(cluster, user);
  }

  private void write(String cluster, String user) throws IOException {
    Files.writeString(file, text(cluster, user));
  }

  private Config read() {
    return KubeConfig.read(file.toString()).build();
  }

  private static String base64(Path file) throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
  }

  @Test
  void theCurrentContextCountsAndPathsAreRelativeToTheFile() throws IOException {
    Path keys = Files.createDirectory(folder.resolve("keys"));
    for (String name : List.of("ca-cert.pem", "client-cert.pem", "client-key.pem")) {
      Files.copy(rsa.resolve(name), keys.resolve(name));
    }
    write(
        SERVER + ", certificate-authority: keys/ca-cert.pem",
        "client-certificate: keys/client-cert.pem, client-key: %s"
            .formatted(keys.resolve("client-key.pem")));

    Config config = read();

    assertThat(config.getMasterUrl()).startsWith("https://10.0.0.1:6443");
    assertThat(config.isTrustCerts()).isFalse();
    assertThat(config.getCaCertFile()).isEqualTo(keys.resolve("ca-cert.pem").toString());
    assertThat(config.getClientCertFile()).isEqualTo(keys.resolve("client-cert.pem").toString());
    assertThat(config.getClientKeyFile()).isEqualTo(keys.resolve("client-key.pem").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa", "ec"})
  void dataCountsMoreThanAFileAndAnyKeyWillDo(String kind) throws IOException {
    Path keys = kind.equals("rsa") ? rsa : ec;
    write(
        "%s, certificate-authority: gone, certificate-authority-data: %s"
            .formatted(SERVER, base64(keys.resolve("ca-cert.pem"))),
        "client-certificate-data: %s, client-key-data: %s, client-key: gone"
            .formatted(
                base64(keys.resolve("client-cert.pem")), base64(keys.resolve("client-key.pem"))));

    Config config = read();

    assertThat(config.getCaCertData()).isEqualTo(base64(keys.resolve("ca-cert.pem")));
    assertThat(config.getCaCertFile()).isNull();
    assertThat(config.getClientKeyData()).isEqualTo(base64(keys.resolve("client-key.pem")));
  }

  @Test
  void aTokenOfAFileIsReadAgainAndCountsMoreThanOneInTheConfiguration() throws IOException {
    Path tokens = folder.resolve("token");
    Files.writeString(tokens, "first\n");
    write(SERVER, "token: other, tokenFile: token");

    OAuthTokenProvider provider = Objects.requireNonNull(read().getOauthTokenProvider());

    assertThat(provider.getToken()).isEqualTo("first");
    Files.writeString(tokens, "second");
    assertThat(provider.getToken()).isEqualTo("second");
    Files.writeString(tokens, "");
    assertThat(provider.getToken()).as("somebody writes it").isEqualTo("second");
    Files.delete(tokens);
    assertThat(provider.getToken()).isEqualTo("second");
  }

  @Test
  void aTokenIsTaken() throws IOException {
    write(SERVER + ", insecure-skip-tls-verify: true", "token: " + "secret");

    assertThat(read().getOauthToken()).isEqualTo("secret");
    assertThat(read().isTrustCerts()).isTrue();
  }
}
