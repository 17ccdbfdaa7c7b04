package dev.sluice.cluster.connection;

import static dev.sluice.cluster.connection.KubeConfigTest.SERVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.testing.LonelyPod;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files for kubectl that are refused: the field is named, what is in it is not. */
class KubeConfigRefusalsTest {

  private static final String SECRET = "do-not-tell-anybody";

  private static Path authority;

  @TempDir private Path folder;
  private Path file;

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority = new Pki("authority").folder().resolve("ca-cert.pem");
  }

  @BeforeEach
  void nameFile() {
    file = folder.resolve("config");
  }

  private void write(String cluster, String user) throws IOException {
    write(KubeConfigTest.text(cluster, user));
  }

  private void write(String content) throws IOException {
    Files.writeString(file, content);
  }

  private UnusableConfigurationException refusal() {
    UnusableConfigurationException e =
        catchThrowableOfType(
            UnusableConfigurationException.class, () -> KubeConfig.read(file.toString()));
    assertThat(e).as("nothing is refused").isNotNull();
    assertThat(e).hasMessageStartingWith("sluice.kubernetes.kubeconfig: " + file);
    assertThat(e.getMessage() + e.remedy()).doesNotContain(SECRET);
    assertThat(e.remedy()).isNotBlank();
    return e;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exec: {command: aws, apiVersion: v1}         | user me has exec, which",
        "auth-provider: {name: oidc}                  | user me has auth-provider, which",
        "'username: me, password: do-not-tell-anybody'| user me has username, which",
        "password: do-not-tell-anybody                | user me has password, which",
        "'token: do-not-tell-anybody, as: somebody'   | user me has as, which",
        "{}                                           | user me has no credentials",
        "token: ''                                    | user me has no credentials",
        "tokenFile: gone                              | tokenFile of its user me is FOLDER/gone: there is no such file",
        "tokenFile: empty                             | tokenFile of its user me is FOLDER/empty, which is empty",
        "client-certificate: other                    | client-certificate of its user me has no certificate in PEM",
        "client-certificate: gone                     | client-certificate of its user me is FOLDER/gone: there is no such file",
        "client-certificate-data: '*'                 | client-certificate-data of its user me is not in base64",
        "client-certificate-data: bm8=                | client-certificate-data of its user me has no certificate in PEM",
        "client-certificate: ca                       | user me has one of client-certificate and client-key, expected both",
        "'client-certificate: ca, client-key: other'  | client-key of its user me has no key in PEM",
        "'client-certificate: ca, client-key: pem'    | client-key of its user me cannot be used, expected an RSA key, or",
      })
  void aUserThatCannotLogInHereIsRefused(String user, String expected) throws IOException {
    Files.writeString(folder.resolve("empty"), "\n");
    Files.writeString(folder.resolve("other"), SECRET);
    Files.writeString(folder.resolve("pem"), "-----BEGIN " + SECRET + "-----\n");
    Files.copy(authority, folder.resolve("ca"));
    write(SERVER, user.equals("{}") ? "" : user);

    UnusableConfigurationException refusal = refusal();

    assertThat(refusal.getMessage()).contains(expected.replace("FOLDER", folder.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "insecure-skip-tls-verify: true                | server of its cluster mine is \"null\", expected https://HOST:PORT",
        "server: 'localhost:6443'                      | server of its cluster mine is \"localhost:6443\", expected https://HOST:PORT",
        "SERVER, proxy-url: 'http://proxy:8080'        | cluster mine has proxy-url, which",
        "SERVER, tls-server-name: other                | cluster mine has tls-server-name, which",
        "SERVER, certificate-authority-data: '*'       | certificate-authority-data of its cluster mine is not in base64",
        "SERVER, certificate-authority: gone           | certificate-authority of its cluster mine is FOLDER/gone: there is no such file",
        "SERVER, certificate-authority: pem            | certificate-authority of its cluster mine has no certificate in PEM",
        "SERVER, certificate-authority: ca, insecure-skip-tls-verify: true | insecure-skip-tls-verify, which disables it",
      })
  void aClusterThatCannotBeReachedSafelyIsRefused(String cluster, String expected)
      throws IOException {
    Files.writeString(folder.resolve("pem"), "-----BEGIN CERTIFICATE-----\nbm8=\n");
    Files.copy(authority, folder.resolve("ca"));
    write(cluster.replace("SERVER", SERVER), "token: " + SECRET);

    UnusableConfigurationException refusal = refusal();

    assertThat(refusal.getMessage()).contains(expected.replace("FOLDER", folder.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "current-context: here | '' | current-context is not set",
        "current-context: here | current-context: there | current-context is \"there\", and it has no context of that name, but [other, here]",
        "cluster: mine, | cluster: yours, | the cluster of its context here is \"yours\", and it has no cluster of that name, but [other, mine]",
        "cluster: mine, | '' | the cluster of its context here is not set",
        "user: me | user: you | the user of its context here is \"you\", and it has no user of that name, but [other, me]",
        "', user: me' | '' | the user of its context here is not set",
        "{name: me, | {name: you, | the user of its context here is \"me\", and it has no user of that name, but [other, you]",
      })
  void aContextThatLeadsNowhereIsRefused(String part, String instead, String expected)
      throws IOException {
    write(SERVER, "token: " + SECRET);
    String good = Files.readString(file);
    String old = part.replace("'", "");
    assertThat(good).contains(old);
    write(good.replace(old, instead.replace("'", "")));

    assertThat(refusal().getMessage()).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "do-not-tell-anybody",
        "[do-not-tell-anybody",
        "kind: Pod",
        "{kind: Config, users: do-not-tell-anybody}",
        "kind: Config\ncontexts: [{name: do-not-tell-anybody"
      })
  void whatIsNoSuchFileIsRefused(String content) throws IOException {
    write(content);

    assertThat(refusal().getMessage()).contains("it is not a kubeconfig");
  }

  @Test
  void anEmptyConfigurationIsRefused() throws IOException {
    write("kind: Config\nclusters: null\ncontexts: null\ncurrent-context: a\nusers: null\n");

    assertThat(refusal().getMessage()).contains("it has no context of that name, but []");
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    assertThat(refusal().getMessage()).contains("there is no such file");
  }

  @Test
  void aServiceWithAFileThatCannotBeUsedDoesNotStart() {
    List<String> properties = new ArrayList<>(LonelyPod.properties());
    properties.removeLast();
    properties.add("sluice.kubernetes.kubeconfig=" + file);

    assertThatThrownBy(
            () -> {
              try (OwnService service = OwnService.with(properties)) {
                assertThat(service.isRunning()).isTrue();
              }
            })
        .rootCause()
        .isInstanceOf(UnusableConfigurationException.class)
        .hasMessageContaining("sluice.kubernetes.kubeconfig: " + file);
  }
}
