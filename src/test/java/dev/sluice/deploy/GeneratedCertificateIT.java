package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A running service that has the certificate of {@code tls.generate} and is told of it by the
 * environment that the chart gives it, with curl and nbdcopy.
 */
class GeneratedCertificateIT {

  private static final String VALUES = "tls: {generate: true}";
  private static final String NEEDS_CLIENTS = "tls: {generate: true, clientAuth: need}";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path README = Chart.FOLDER.resolve("README.md");

  private static ChartTokens tokens;

  @BeforeAll
  static void requirePeers() {
    Peers.require("bash", "curl", "nbdcopy", "openssl");
    tokens = ChartTokens.of(Chart.render());
  }

  /** One with the files of the chart's secret in this folder. */
  private static RunningSluice service(Chart chart, Path files) {
    List<String> properties =
        chart.sluice().getEnv().stream()
            .filter(variable -> variable.getName().matches("S.*_(SSL|TLS)_.*"))
            .map(variable -> property(variable, files))
            .collect(Collectors.toList());
    properties.add("spring.ssl.bundle.watch.file.quiet-period=200ms");
    return new RunningSluice(tokens, properties.toArray(String[]::new));
  }

  /** As a property, since the environment of this process is what it is. */
  private static String property(EnvVar variable, Path files) {
    String name =
        variable
            .getName()
            .toLowerCase(Locale.ROOT)
            .replace('_', '.')
            .replace("privatekey", "private-key")
            .replace("reloadonupdate", "reload-on-update")
            .replace("clientauth", "client-auth");
    return name + "=" + variable.getValue().replaceFirst("/etc/sluice/(api-)?tls", "" + files);
  }

  /** What {@code helm test} runs, with the authority's certificate where its pod has it. */
  private static Command helmTest(Chart chart, RunningSluice sluice, Path trust) {
    Container container = chart.test().getContainers().getFirst();
    assertThat(chart.testVariable("API").getValue())
        .isEqualTo("https://demo-sluice.streams.svc:8080");
    return Command.of("env", "API=" + chart.testVariable("API").getValue())
        .with("CONNECT=127.0.0.1:" + sluice.port(), "API_TRUST=" + trust.resolve("ca-cert.pem"))
        .with("TRUST=" + trust, "PIPES=" + sluice.pipes(), "PEER=false")
        .with("TOKEN=" + tokens.operator(), "bash", "-c", container.getArgs().getFirst());
  }

  private static Path trust(Path files) throws IOException {
    Path folder = Workspace.newFolder("trust");
    Files.copy(files.resolve("ca.crt"), folder.resolve("ca-cert.pem"));
    return folder;
  }

  @Test
  void helmTestPassesWhereBothAreEncrypted() throws Exception {
    Chart chart = Chart.render(VALUES);
    Path files = Certificates.files(Certificates.leaf(chart));
    try (RunningSluice sluice = service(chart, files)) {
      String output = helmTest(chart, sluice, trust(files)).run().assertSucceeded().output();

      assertThat(output).contains("passed", " at nbds://");
    }
  }

  @Test
  void helmTestFailsWithAnotherAuthority() throws Exception {
    Chart chart = Chart.render(VALUES);
    Path files = Certificates.files(Certificates.leaf(chart));
    Path other = Certificates.files(Certificates.leaf(Chart.render(VALUES)));
    try (RunningSluice sluice = service(chart, files)) {
      String script = chart.test().getContainers().getFirst().getArgs().getFirst();
      assertThat(script).contains("--retry 30");
      Command.Result result =
          Command.of("env", "API=https://demo-sluice.streams.svc:8080", "PEER=false")
              .with("CONNECT=127.0.0.1:" + sluice.port(), "PIPES=" + sluice.pipes())
              .with("API_TRUST=" + other.resolve("ca.crt"), "TRUST=" + trust(other))
              .with("bash", "-c", script.replace("--retry 30", "--retry 0"))
              .run()
              .assertFailed();

      assertThat(result.errors()).contains("certificate");
    }
  }

  /** The authority is the same, so whoever trusts it goes on. */
  @Test
  void anUpgradesNewCertificateIsUsedWithoutARestart() throws Exception {
    Chart chart = Chart.render(VALUES);
    Chart upgraded =
        Chart.renderOver(
            "tls: {generate: true, rotate: again}",
            Certificates.leaf(chart),
            Certificates.authority(chart));
    Path files = Certificates.files(Certificates.leaf(chart));
    Path renewed = Certificates.files(Certificates.leaf(upgraded));
    Path trust = trust(files);
    try (RunningSluice sluice = service(chart, files)) {
      String before = served(sluice);
      for (String key : List.of("tls.key", "tls.crt", "ca.crt")) {
        Files.copy(renewed.resolve(key), files.resolve(key), StandardCopyOption.REPLACE_EXISTING);
      }
      await().atMost(LIMIT).until(() -> !served(sluice).equals(before));

      helmTest(upgraded, sluice, trust).run().assertSucceeded();
    }
  }

  private static String served(RunningSluice sluice) {
    return Command.of("bash", "-c")
        .with(
            "openssl s_client -connect 127.0.0.1:%d < /dev/null 2> /dev/null | openssl x509 -serial"
                .formatted(sluice.port()))
        .run()
        .assertSucceeded()
        .output();
  }

  /** By the commands of the README. */
  @Test
  void clientsCanHaveCertificatesOfTheChartsAuthority() throws Exception {
    Chart chart = Chart.render(NEEDS_CLIENTS);
    Path files = Certificates.files(Certificates.leaf(chart));
    Path authority = Certificates.files(Certificates.authority(chart));
    Path work = Workspace.newFolder("work");
    Path trust = Files.createDirectory(work.resolve("trust"));
    Files.copy(files.resolve("ca.crt"), trust.resolve("ca-cert.pem"));
    Files.copy(authority.resolve("tls.key"), work.resolve("ca-key.pem"));
    try (RunningSluice sluice = service(chart, files)) {
      helmTest(chart, sluice, trust).run().assertFailed();

      Command.of("bash", "-euc", "cd \"$1\"\n" + opensslOfTheReadme(), "bash", work)
          .run()
          .assertSucceeded();

      assertThat(helmTest(chart, sluice, trust).run().assertSucceeded().output())
          .contains("passed", " at nbds://");
    }
  }

  private static String opensslOfTheReadme() throws IOException {
    String commands =
        Stream.of(Files.readString(README).split("```"))
            .filter(block -> block.startsWith("sh\n") && block.contains("openssl req"))
            .map(block -> block.substring(3).replaceAll("(?m)^kubectl .*\n", ""))
            .collect(Collectors.joining());
    assertThat(commands).contains("openssl x509");
    return commands;
  }
}
