package dev.sluice.deploy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;

/** The shipped image with an API that is encrypted. */
class ImageTlsIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String HOST = "demo-sluice-0.demo-sluice-headless.streams.svc.cluster.local";

  private final Chart chart = Chart.render("tls: {generate: true}");
  private final Path tls = readable(Certificates.files(Certificates.leaf(chart)));

  private ContainerPod pod;

  @BeforeEach
  void build() throws Exception {
    Image.require();
    pod = new ContainerPod();
  }

  @AfterEach
  void stop() throws Exception {
    if (pod != null) {
      pod.close();
    }
  }

  /** For the container's user, who is none of this machine's; in a pod its group is. */
  private static Path readable(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (Path file : files.toList()) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void itIsHealthyWithTheCommandOfThePage() throws Exception {
    Map<String, String> variables =
        Pattern.compile("-e (S[A-Z_]+)=([a-z/.]+) ")
            .matcher(Files.readString(Path.of("docs", "kubernetes.md")))
            .results()
            .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    assertThat(variables).containsKey("SERVER_SSL_BUNDLE").hasSize(4);

    SluiceContainer sluice =
        pod.sluice(
            container ->
                container
                    .withEnv(variables)
                    .withFileSystemBind(tls.toString(), "/etc/sluice/tls", BindMode.READ_ONLY));

    assertThat(
            sluice
                .run("curl", "-sS", "--cacert", "/etc/sluice/tls/ca.crt", "https://localhost:8080/")
                .getStdout())
        .contains("exports");
    assertThat(sluice.run("curl", "-sS", "https://localhost:8080/").getStderr())
        .contains("certificate");
    assertThat(sluice.run("curl", "-sS", "http://localhost:8080/").getStdout()).contains("TLS");
    await().atMost(LIMIT).until(sluice::isHealthy);
  }

  /** What the pod has and what {@code helm test} does, but for the cluster around them. */
  @Test
  void helmTestPassesWithTheEnvironmentAndFilesOfTheChart() throws Exception {
    Path tokens = readable(Certificates.files(ChartTokens.secret(chart)));
    SluiceContainer sluice =
        pod.sluice(
            container -> {
              inThePod(container);
              container
                  .withFileSystemBind(tls.toString(), "/etc/sluice/tls", BindMode.READ_ONLY)
                  .withFileSystemBind(tls.toString(), "/etc/sluice/api-tls", BindMode.READ_ONLY)
                  .withFileSystemBind(tokens.toString(), "/etc/sluice/tokens", BindMode.READ_ONLY);
            });

    String output = pod.client(helmTest()).output();

    assertThat(output).contains("passed", " at nbds://" + HOST + ":10809/");
    await().atMost(LIMIT).until(sluice::isHealthy);
  }

  private void inThePod(GenericContainer<?> container) {
    for (EnvVar variable : chart.sluice().getEnv()) {
      if (variable.getValue() != null) {
        container.withEnv(
            variable.getName(), variable.getValue().replace("$(POD_NAME)", "demo-sluice-0"));
      }
    }
    container.withNetworkAliases("demo-sluice", HOST);
  }

  /** The script with its environment, and its files where it may write. */
  private String helmTest() {
    String authority = decoded(Certificates.leaf(chart), "ca.crt");
    String variables =
        Stream.of("API", "CONNECT", "PIPES", "PEER")
            .map(name -> "export %s='%s'\n".formatted(name, chart.testVariable(name).getValue()))
            .collect(Collectors.joining());
    return """
        mkdir /tmp/trust
        echo '%s' | tee /tmp/trust/ca-cert.pem > /tmp/trust/ca.crt
        export TRUST=/tmp/trust API_TRUST=/tmp/trust/ca.crt TOKEN=%s
        """
            .formatted(authority, ChartTokens.of(chart).operator())
        + variables
        + chart.test().getContainers().getFirst().getArgs().getFirst();
  }

  private static String decoded(Secret secret, String key) {
    return new String(Base64.getDecoder().decode(secret.getData().get(key)), US_ASCII);
  }
}
