package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The scripts of {@code helm test} and of its peer, as rendered, with a running service. */
class HelmTestIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static Chart chart;
  private static RunningSluice sluice;

  @BeforeAll
  static void start() {
    Peers.require("bash", "curl", "nbdcopy");
    chart = Chart.render("test: {peer: true}");
    sluice = new RunningSluice();
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
  }

  @Test
  void itPassesThroughTheHeadWhereThereIsNoPeer() throws Exception {
    Command.Result result = test(false).run().assertSucceeded();

    assertThat(result.output()).contains("passed");
    assertThat(exports()).isEqualTo("{\"exports\":[]}");
  }

  @Test
  void itPassesThroughBothPipesOfThePeerAgainAndAgain() throws Exception {
    try (Command.Running peer = peer("cat ").start()) {
      for (int round = 0; round < 5; round++) {
        assertThat(test(true).run().assertSucceeded().output()).contains("passed");
      }
      assertThat(peer.isAlive()).isTrue();
    }
    assertThat(exports()).isEqualTo("{\"exports\":[]}");
  }

  @Test
  void itPassesWhereSluiceEncrypts() throws Exception {
    Pki pki = new Pki("Helm tests");
    Path files = Workspace.newFolder("server");
    Pki.writeServer(files, pki.server(), pki);
    List<String> properties = Pki.properties(files, "require", "none");
    String script = script(Chart.render("tls: {generate: true}").test().getContainers().getFirst());
    try (RunningSluice encrypting = new RunningSluice(properties.toArray(String[]::new))) {
      Command.Result result =
          Command.of("env", "API=" + encrypting.address(), "PIPES=" + encrypting.pipes())
              .with("PEER=false", "TRUST=" + pki.folder(), "bash", "-c", script)
              .run()
              .assertSucceeded();

      assertThat(result.output()).contains("passed", " at nbds://");
    }
  }

  @Test
  void itFailsWhenThePeerDamagesBytes() throws Exception {
    try (Command.Running peer = peer("tr '\\000' '\\001' ").start()) {
      assertThat(test(true).run().assertFailed().output())
          .contains("sent", "received")
          .doesNotContain("passed");
      assertThat(peer.isAlive()).isTrue();
    }
    assertThat(exports()).isEqualTo("{\"exports\":[]}");
  }

  @Test
  void itFailsWhenNoExportCanBeMade() {
    String elsewhere = script(chart.test().getContainers().getFirst());

    Command.of(
            "env",
            "API=" + sluice.address(),
            "PIPES=/nowhere",
            "PEER=false",
            "bash",
            "-c",
            elsewhere)
        .run()
        .assertFailed();
  }

  @Test
  void thePeerEndsWhenItsPodDoes() {
    try (Command.Running peer = peer("cat ").start()) {
      ProcessHandle handle = ProcessHandle.of(peer.pid()).orElseThrow();
      await().atMost(LIMIT).until(() -> handle.children().count() == 1);
      ProcessHandle cat = handle.children().findFirst().orElseThrow();
      try {
        peer.terminate();

        assertThat(peer.await().exitCode()).isZero();
      } finally {
        cat.destroyForcibly();
      }
    }
  }

  private static Command test(boolean peer) {
    String script = script(chart.test().getContainers().getFirst());
    return Command.of(
        "env",
        "API=" + sluice.address(),
        "PIPES=" + sluice.pipes(),
        "PEER=" + peer,
        "bash",
        "-c",
        script);
  }

  /** The sidecar, with another program in the place of cat. */
  private static Command peer(String program) {
    String script = script(chart.container("test-peer"));
    assertThat(script).contains("cd /run/sluice\n", "cat ");
    return Command.of(
        "bash",
        "-c",
        script.replace("/run/sluice", sluice.pipes().toString()).replace("cat ", program));
  }

  private static String script(Container container) {
    assertThat(container.getCommand()).containsExactly("bash", "-c");
    return container.getArgs().getFirst();
  }

  private static String exports() throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(sluice.address() + "/exports")).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
