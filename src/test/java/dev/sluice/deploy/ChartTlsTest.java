package dev.sluice.deploy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.testing.Command;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The secret named by {@code tls.existingSecret} becomes an SSL bundle that Spring can open. */
@Slow("Renders the chart for each test.")
class ChartTlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Chart chart = Chart.render("tls: {existingSecret: sluice-tls}");

  @Test
  void theSecretIsMountedForItsReaderAlone() {
    assertThat(chart.pod().getVolumes())
        .filteredOn(volume -> volume.getName().equals("tls"))
        .singleElement()
        .satisfies(
            volume -> {
              assertThat(volume.getSecret().getSecretName()).isEqualTo("sluice-tls");
              assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440);
            });
    assertThat(chart.sluice().getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("tls"))
        .singleElement()
        .satisfies(
            mount -> {
              assertThat(mount.getMountPath()).isEqualTo("/etc/sluice/tls");
              assertThat(mount.getReadOnly()).isTrue();
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"nbd", "api"})
  void theBundleHasTheCertificateAndItsKey(String bundle) throws Exception {
    Path secret = secret();
    Map<String, Object> environment =
        chart.sluice().getEnv().stream()
            .filter(variable -> variable.getName().startsWith("SPRING_SSL_"))
            .collect(
                Collectors.toMap(
                    EnvVar::getName,
                    variable ->
                        variable
                            .getValue()
                            .replaceFirst("/etc/sluice/(api-)?tls", secret.toString())));

    new ApplicationContextRunner()
        .withInitializer(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(
                        new SystemEnvironmentPropertySource("systemEnvironment", environment)))
        .withUserConfiguration(SslAutoConfiguration.class)
        .run(
            context -> {
              KeyStore keys =
                  context.getBean(SslBundles.class).getBundle(bundle).getStores().getKeyStore();
              String alias = keys.aliases().nextElement();
              assertThat(keys.isKeyEntry(alias)).isTrue();
              assertThat(((X509Certificate) keys.getCertificate(alias)).getSubjectX500Principal())
                  .hasToString("CN=sluice");
            });
  }

  @Test
  void nbdIsEncryptedAsTheValuesSay() {
    assertThat(chart.variable("SLUICE_NBD_TLS_MODE").getValue()).isEqualTo("require");
    assertThat(chart.variable("SLUICE_NBD_TLS_BUNDLE").getValue()).isEqualTo("nbd");
    assertThat(chart.variable("SLUICE_NBD_TLS_CLIENTAUTH").getValue()).isEqualTo("none");

    Chart strict = Chart.render("tls: {existingSecret: sluice-tls, mode: allow, clientAuth: need}");

    assertThat(strict.variable("SLUICE_NBD_TLS_MODE").getValue()).isEqualTo("allow");
    assertThat(strict.variable("SLUICE_NBD_TLS_CLIENTAUTH").getValue()).isEqualTo("need");
    assertThat(strict.variable("SPRING_SSL_BUNDLE_PEM_NBD_TRUSTSTORE_CERTIFICATE").getValue())
        .isEqualTo("/etc/sluice/tls/ca.crt");
  }

  @Test
  void aSecretIsMadeWithACertificateForTheNamesOfThePodAndTheService() throws Exception {
    Chart generated = Chart.render("tls: {generate: true}\nadvertisedHost: nbd.example.org");

    Secret secret = generated.only(Secret.class, "demo-sluice-tls");
    assertThat(secret.getType()).isEqualTo("kubernetes.io/tls");
    X509Certificate certificate = Certificates.read(secret, "tls.crt");
    certificate.verify(Certificates.read(secret, "ca.crt").getPublicKey());
    assertThat(certificate.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .contains(
            "demo-sluice-0.demo-sluice-headless.streams.svc.cluster.local",
            "demo-sluice.streams.svc",
            "nbd.example.org",
            "localhost",
            "127.0.0.1");
    assertThat(new String(Base64.getDecoder().decode(secret.getData().get("tls.key")), US_ASCII))
        .contains("PRIVATE KEY");
    assertThat(generated.pod().getVolumes())
        .filteredOn(volume -> volume.getName().equals("tls"))
        .singleElement()
        .satisfies(
            volume -> assertThat(volume.getSecret().getSecretName()).isEqualTo("demo-sluice-tls"));
    assertThat(generated.test().getVolumes())
        .filteredOn(volume -> volume.getName().equals("trust"))
        .singleElement()
        .satisfies(
            volume ->
                assertThat(volume.getSecret().getItems())
                    .extracting(KeyToPath::getKey, KeyToPath::getPath)
                    .containsExactly(tuple("ca.crt", "ca-cert.pem")));
  }

  @Test
  void thereIsNoBundleWithoutASecret() {
    assertThat(Chart.render().sluice().getEnv())
        .extracting(EnvVar::getName)
        .containsExactly(
            "POD_NAME",
            "SLUICE_NBD_ADVERTISED_HOST",
            "SLUICE_EXPORTS_DRAINTIMEOUT",
            "SLUICE_EXPORTS_DRAINLINGER",
            "SLUICE_SECURITY_TOKENSFILE");
  }

  /** A folder with the files that a secret of type kubernetes.io/tls has. */
  private static Path secret() throws Exception {
    Path store = Workspace.newPath("store");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Command.of(keytool, "-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=sluice")
        .with("-keystore", store, "-storepass", new String(PASSWORD))
        .run()
        .assertSucceeded();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    Path folder = Workspace.newFolder("secret");
    Files.writeString(
        folder.resolve("tls.crt"), pem("CERTIFICATE", keys.getCertificate("a").getEncoded()));
    Files.writeString(
        folder.resolve("tls.key"), pem("PRIVATE KEY", keys.getKey("a", PASSWORD).getEncoded()));
    return folder;
  }

  private static String pem(String type, byte[] content) {
    String base64 = Base64.getMimeEncoder().encodeToString(content);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, base64, type);
  }
}
