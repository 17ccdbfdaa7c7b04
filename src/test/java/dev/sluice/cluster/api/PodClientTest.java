package dev.sluice.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Workspace;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Whom a pod believes that it is another one, when it sends the tokens of its callers there. */
class PodClientTest {

  private static final String BUNDLE = "sluice.kubernetes.api-bundle=pods";

  private static OwnService pod;
  private static Path authority;
  private static Path stranger;

  @EnableConfigurationProperties(KubernetesProperties.class)
  private static class Configuration {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
          .withUserConfiguration(Configuration.class);

  @BeforeAll
  static void start() throws Exception {
    Pki pki = new Pki("Sluice tests");
    authority = pki.folder().resolve("ca-cert.pem");
    stranger = new Pki("Somebody else").folder().resolve("ca-cert.pem");
    Path files = Workspace.newFolder("server");
    Pki.writeServer(files, pki.server(), pki);
    List<String> properties = new ArrayList<>(Pki.properties(files, "off", "none"));
    properties.add("server.ssl.bundle=nbd");
    pod = OwnService.with(properties);
  }

  @AfterAll
  static void stop() {
    pod.close();
  }

  /** The status of a request to the pod. */
  private int ask(String... properties) throws Exception {
    List<Object> status = new ArrayList<>();
    runner
        .withPropertyValues(properties)
        .run(
            context -> {
              try (PodClient client =
                  new PodClient(
                      context.getBean(KubernetesProperties.class),
                      context.getBean(SslBundles.class))) {
                URI url = URI.create("https://localhost:%d/livez".formatted(pod.port()));
                status.add(
                    client
                        .get()
                        .send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding())
                        .statusCode());
              } catch (Exception e) {
                status.add(e);
              }
            });
    if (status.getFirst() instanceof Exception failure) {
      throw failure;
    }
    return (int) status.getFirst();
  }

  private static String trusting(Path certificate) {
    return "spring.ssl.bundle.pem.pods.truststore.certificate=" + certificate;
  }

  @Test
  void theAuthorityOfTheBundleIsTrusted() throws Exception {
    assertThat(ask(BUNDLE, trusting(authority))).isEqualTo(200);
  }

  @Test
  void nobodyElseIs() {
    assertThatThrownBy(() -> ask(BUNDLE, trusting(stranger)))
        .isInstanceOf(SSLHandshakeException.class);
    assertThatThrownBy(this::ask).isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void aBundleThatIsNotThereStopsTheStart() {
    assertThatThrownBy(() -> ask(BUNDLE))
        .isInstanceOf(UnusableConfigurationException.class)
        .hasMessageContaining("sluice.kubernetes.api-bundle: the SSL bundle 'pods' cannot be used");
  }
}
