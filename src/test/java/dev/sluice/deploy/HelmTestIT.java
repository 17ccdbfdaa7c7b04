package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The scripts of {@code helm test} and of its peer, as rendered, with a running service. */
class HelmTestIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static Chart chart;
  private static ChartTokens tokens;
  private static RunningSluice sluice;

  @BeforeAll
  static void start() {
    Peers.require("bash", "curl", "nbdcopy");
    chart = Chart.render("test: {peer: true}");
    tokens = ChartTokens.of(chart);
    sluice = new RunningSluice(tokens);
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
    Command.Result result =
        test("TOKEN=" + tokens.operator(), "PIPES=/nowhere", "PEER=false").run();

    assertThat(result.assertFailed().output()).contains("\"status\":400");
  }

  @Test
  void itFailsWithAViewersTokenAndWithout() {
    assertThat(test("TOKEN=" + tokens.viewer(), "PEER=false").run().assertFailed().output())
        .contains("\"status\":403");
    assertThat(test("PEER=false").run().assertFailed().output()).contains("\"status\":401");
  }

  @Test
  void prometheusMayReadTheMetricsWithItsTokenAndNobodyWithout() throws Exception {
    assertThat(get("/actuator/prometheus", tokens.metrics()).statusCode()).isEqualTo(200);
    assertThat(get("/exports", tokens.metrics()).statusCode()).isEqualTo(403);
    assertThat(get("/actuator/prometheus", "").statusCode()).isEqualTo(401);
  }

  @Test
  void thePeerEndsWhenItsPodDoes() {
    try (Command.Running peer = peer("cat ").start()) {
      ProcessHandle handle = ProcessHandle.of(peer.pid()).orElseThrow();
      ProcessHandle cat =
          await().atMost(LIMIT).until(() -> joining(handle), Optional::isPresent).get();
      try {
        peer.terminate();

        assertThat(peer.await().exitCode()).isZero();
      } finally {
        cat.destroyForcibly();
      }
    }
  }

  /** The child that joins the pipes; those before it have made them. */
  private static Optional<ProcessHandle> joining(ProcessHandle peer) {
    if (!Files.exists(sluice.pipes().resolve("helm-test-out.pipe"))) {
      return Optional.empty();
    }
    return peer.children()
        .filter(child -> child.info().command().orElse("").endsWith("/bash")) // no mkfifo
        .findFirst();
  }

  private static Command test(boolean peer) {
    return test("TOKEN=" + tokens.operator(), "PEER=" + peer);
  }

  private static Command test(String... variables) {
    return Command.of("env", "API=" + sluice.address(), "PIPES=" + sluice.pipes())
        .with((Object[]) variables)
        .with("bash", "-c", script(chart.test().getContainers().getFirst()));
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
    return get("/exports", tokens.viewer()).body();
  }

  private static HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sluice.address() + path));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
