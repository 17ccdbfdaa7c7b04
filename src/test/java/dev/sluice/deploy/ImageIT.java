package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;

/** The shipped image, built and run as a cautious operator would run it. */
class ImageIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final StartupCheckStrategy MAY_HAVE_ENDED =
      new StartupCheckStrategy() {
        @Override
        public StartupStatus checkStartupState(DockerClient client, String container) {
          return StartupStatus.SUCCESSFUL;
        }
      };

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

  @Test
  void itIsHealthyAsAnyUserOnAReadOnlyRoot() throws Exception {
    SluiceContainer sluice = pod.sluice();

    assertThat(sluice.get("/actuator/health").get("status").asString()).isEqualTo("UP");
    assertThat(sluice.get("/livez").get("status").asString()).isEqualTo("UP");
    assertThat(sluice.get("/readyz").get("status").asString()).isEqualTo("UP");
    assertThat(sluice.run("id", "-u").getStdout().strip()).isEqualTo("" + pod.uid());
    assertThat(sluice.run("touch", "/opt/sluice/x").getStderr()).contains("Read-only file system");
    await().atMost(LIMIT).until(sluice::isHealthy);
  }

  @Test
  void itDoesNotStartWhereItCouldNotTellWhoUsesIt() {
    try (GenericContainer<?> open = new GenericContainer<>(Image.NAME)) {
      open.withStartupCheckStrategy(MAY_HAVE_ENDED).start();

      assertThat(SluiceContainer.awaitExit(open, LIMIT)).isEqualTo(1);
      assertThat(open.getLogs())
          .contains("not a loopback address", "SLUICE_SECURITY_TOKENS=$(openssl rand -hex 16)");
    }
  }

  @Test
  void itStopsOnSigterm() {
    SluiceContainer sluice = pod.sluice();

    sluice.terminate();

    assertThat(sluice.awaitExit(LIMIT)).isEqualTo(SluiceContainer.SIGTERM_EXIT);
  }

  @Test
  void itServesTheListOfWhatIsInIt() {
    SluiceContainer sluice = pod.sluice();

    assertThat(sluice.get("/actuator/sbom").at("/ids/0").asString()).isEqualTo("application");
    assertThat(
            sluice.get("/actuator/sbom/application").get("components").findValuesAsString("name"))
        .contains("netty-handler");
  }

  @Test
  void itsBuildLeavesNothingBehindButTheService() {
    GenericContainer<?> asItIs = new GenericContainer<>(Image.NAME);
    try (ScriptContainer list =
        new ScriptContainer(asItIs, "ls -A /opt/sluice; ls -A /tmp /run/sluice").start()) {
      assertThat(list.output().lines())
          .containsExactly(
              "application.yml",
              "command.aot",
              "command.options",
              "lib",
              "native",
              "service.aot",
              "service.options",
              "sluice",
              "sluice.jar",
              "/run/sluice:",
              "",
              "/tmp:");
    }
  }

  @Test
  void itSaysWhatItIsAndRunsAsNobodySpecial() {
    InspectImageResponse image = Image.inspect();

    assertThat(image.getConfig().getUser()).isEqualTo("10001:10001");
    assertThat(image.getConfig().getLabels())
        .containsEntry("org.opencontainers.image.title", "Sluice")
        .containsEntry("org.opencontainers.image.version", Image.VERSION)
        .containsEntry("org.opencontainers.image.base.name", "docker.io/library/debian:trixie-slim")
        .containsKeys("org.opencontainers.image.description", "org.opencontainers.image.revision");
    String created = image.getConfig().getLabels().get("org.opencontainers.image.created");
    assertThat(Instant.parse(created)).isBeforeOrEqualTo(Instant.now());
    System.out.printf("The image has %d MB.%n", image.getSize() / 1_000_000);
  }
}
