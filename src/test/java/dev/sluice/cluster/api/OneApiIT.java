package dev.sluice.cluster.api;

import static dev.sluice.cluster.api.TwoPods.MIXED;
import static dev.sluice.cluster.api.TwoPods.OPERATOR;
import static dev.sluice.cluster.api.TwoPods.connect;
import static dev.sluice.cluster.api.TwoPods.has;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Command;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.Peers;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.RestClient.Answer;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Requests for single exports, which come to a pod that does not have them. */
class OneApiIT {

  private static final int SIZE = 1 << 20;
  private static final String SIZED = ", \"size\": " + SIZE;

  private static TwoPods pods;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    Peers.require("curl", "nbdcopy");
    pods = new TwoPods();
  }

  @AfterAll
  static void end() throws Exception {
    pods.close();
  }

  private static Path randomFile(int seed) throws IOException {
    byte[] data = new byte[SIZE];
    new Random(seed).nextBytes(data);
    return Files.write(Workspace.newPath("data"), data);
  }

  @Test
  void aPeerFindsTheDataOfAnExportThatAnotherPodHas() throws Exception {
    Path sent = randomFile(11);
    JsonNode made = pods.makeAtSecond("save", "write", SIZED + ", \"digest\": \"SHA-256\"");
    assertThat(made.path("name").asString()).isEqualTo("save");
    assertThat(made.path("pod").asString()).isEqualTo(TwoPods.SECOND);
    assertThat(made.at("/data/url").asString())
        .isEqualTo("http://127.0.0.1:%d/exports/save/data".formatted(pods.second.port()));
    Path got = Workspace.newPath("got");
    assertThat(pods.atFirst.send("PATCH", "/exports/save", "{\"rateLimit\": \"1G\"}").status())
        .isEqualTo(200);

    try (Command.Running peer =
        Command.of("curl", "-fsSL", "--location-trusted", "-o", got, "--max-time", "30")
            .with("-H", "Authorization: Bearer " + OPERATOR, url("save/data"))
            .start()) {
      Command.of("nbdcopy", sent, made.at("/uris/0").asString()).run().assertSucceeded();
      peer.await().assertSucceeded();
    }

    assertThat(Sha256.of(got)).isEqualTo(Sha256.of(sent));
    Answer completed = pods.atFirst.get("/exports/save?waitFor=ended");
    assertThat(completed.text("state")).isEqualTo("COMPLETED");
    assertThat(completed.text("digestValue")).isEqualTo(Sha256.of(sent));
    JsonNode atOwner = pods.atSecond.get("/exports/save").json();
    assertThat(atOwner.path("events").findValuesAsString("state"))
        .containsExactly("WAITING", "STREAMING", "COMPLETED");
    assertThat(pods.rig.awaitPhase("save", "COMPLETED").path("digest").asString())
        .isEqualTo(Sha256.of(sent));
    assertThat(pods.atFirst.delete("/exports/save").status()).isEqualTo(204);
    pods.assertNone("save");
  }

  private static String url(String path) {
    return "http://127.0.0.1:%d/exports/%s".formatted(pods.first.port(), path);
  }

  @Test
  void aTicketOpensTheDataByEveryPodAndNobodyReadsItInTheResource() throws Exception {
    Path sent = randomFile(12);
    JsonNode made = pods.makeAtSecond("restore", "read", SIZED + ", \"ticket\": true");
    String ticket = made.at("/data/url").asString().replaceFirst(".*ticket=", "");
    assertThat(ticket).hasSize(43);
    assertThat(pods.rig.kubectl("get", "sx", "restore", "-o", "yaml"))
        .contains("ticketHash: ")
        .doesNotContain(ticket);
    assertThat(curl(url("restore/data?ticket=" + "x".repeat(43))).run().assertFailed().errors())
        .contains("401");
    Path got = Workspace.newPath("got");

    try (Command.Running peer =
        curl(url("restore/data?ticket=" + ticket)).with("-L", "-T", sent).start()) {
      Command.of("nbdcopy", made.at("/uris/0").asString(), got).run().assertSucceeded();
      peer.await().assertSucceeded();
    }

    assertThat(Sha256.of(got)).isEqualTo(Sha256.of(sent));
    pods.rig.awaitPhase("restore", "COMPLETED");
    Answer late = pods.atFirst.get("/exports/restore/data");
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.detail()).contains("the export has ended: COMPLETED");
  }

  private static Command curl(String url) {
    return Command.of("curl", "-fsS", "--max-time", "30", url);
  }

  @Test
  void aPeerThatConfirmsMayAskAnyPod() throws Exception {
    JsonNode made = pods.makeAtSecond("confirmed", "write", SIZED + ", \"ticket\": true");
    String ticket = made.at("/data/url").asString().replaceFirst(".*ticket=", "");
    Path got = Workspace.newPath("got");
    Path sent = randomFile(13);
    try (Command.Running writer =
        Command.of("nbdcopy", sent, made.at("/uris/0").asString()).start()) {
      curl(made.at("/data/url").asString() + "&confirm=true")
          .with("-o", got)
          .run()
          .assertSucceeded();
      curl(url("confirmed/data/confirm?ticket=" + ticket))
          .with("--json", "{\"bytes\": " + SIZE + "}")
          .run()
          .assertSucceeded();
      writer.await().assertSucceeded();
    }
    assertThat(Sha256.of(got)).isEqualTo(Sha256.of(sent));
    assertThat(pods.rig.awaitPhase("confirmed", "COMPLETED").path("position").asInt())
        .isEqualTo(SIZE);
  }

  @Test
  void anExportIsChangedByAPodThatDoesNotHaveIt() {
    pods.makeAtSecond("changed", "read", "");

    Answer changed = pods.atFirst.send("PATCH", "/exports/changed", "{\"rateLimit\": \"1M\"}");

    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    assertThat(changed.json().path("rateLimit").asInt()).isEqualTo(1 << 20);
    assertThat(pods.atSecond.get("/exports/changed").json().path("rateLimit").asInt())
        .isEqualTo(1 << 20);
    assertThat(pods.rig.kubectl("get", "sx", "changed", "-o", "jsonpath={.spec.rateLimit}"))
        .isEqualTo("1M");
    pods.atSecond.send("PATCH", "/exports/changed", "{\"rateLimit\": null}");
    assertThat(pods.rig.kubectl("get", "sx", "changed", "-o", "jsonpath={.spec.rateLimit}"))
        .isEmpty();
    Answer sized = pods.atFirst.send("PATCH", "/exports/changed", "{\"size\": 4096}");
    assertThat(sized.status()).isEqualTo(409);
    assertThat(sized.detail()).startsWith("size: it cannot change where several pods");
    assertThat(pods.atFirst.send("PATCH", "/exports/changed", "{\"rate\": 1}").status())
        .isEqualTo(400);
  }

  @Test
  void aStreamIsFinishedByAPodThatDoesNotHaveIt() throws Exception {
    JsonNode made = pods.makeAtSecond("finished", "write", ", \"headWindow\": 0");
    byte[] data = new byte[4096];
    new Random(14).nextBytes(data);
    Path got = Workspace.newPath("got");
    try (Command.Running peer =
            curl(made.at("/data/url").asString())
                .with("-o", got, "-H", "Authorization: Bearer " + OPERATOR)
                .start();
        RawNbdClient client = connect(made)) {
      client.write(0, data);
      client.abort();
      pods.rig.awaitPhase("finished", "INTERRUPTED");

      Answer finished = pods.atFirst.post("/exports/finished/finish", "");

      assertThat(finished.status()).as(finished.body()).isIn(200, 202);
      peer.await().assertSucceeded();
    }
    assertThat(Files.readAllBytes(got)).isEqualTo(data);
    pods.rig.awaitPhase("finished", "COMPLETED");
    assertThat(pods.atFirst.post("/exports/finished/finish", "").status()).isEqualTo(200);
  }

  @Test
  void anExportIsDeletedByAPodThatDoesNotHaveItAndItsNameIsFreeThen() throws Exception {
    JsonNode made = pods.makeAtSecond("deleted", "read", SIZED);
    try (RawNbdClient client = connect(made)) {
      Answer refused = pods.atFirst.delete("/exports/deleted");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.detail()).contains("1 client(s) attached");
      assertThat(pods.atFirst.delete("/exports/deleted?force=perhaps").status()).isEqualTo(400);

      Answer deleted = pods.atFirst.delete("/exports/deleted?force=true");

      assertThat(deleted.status()).as(deleted.body()).isEqualTo(204);
      assertThat(client.isClosedByServer()).isTrue();
    }
    pods.makeAtSecond("deleted", "write", "");
    assertThat(pods.atSecond.delete("/exports/deleted").status()).isEqualTo(204);
    pods.rig.awaitNone("deleted");
    assertThat(has(pods.second, "deleted")).isFalse();
    assertThat(pods.atFirst.get("/exports/deleted").status()).isEqualTo(404);
    assertThat(pods.atFirst.delete("/exports/deleted").status()).isEqualTo(404);
  }

  /** The token is one of an operator where the request comes to, and of a viewer where it goes. */
  @Test
  void thePodThatHasTheExportSaysWhatTheCallerMayDo() {
    pods.makeAtSecond("guarded", "read", "");
    RestClient somebody = RestClient.of(pods.first, MIXED);

    Answer denied = somebody.delete("/exports/guarded");

    assertThat(denied.status()).isEqualTo(403);
    assertThat(denied.detail()).contains("expected one of the role operator");
    assertThat(has(pods.second, "guarded")).isTrue();
    assertThat(RestClient.anonymous(pods.first).delete("/exports/guarded").status()).isEqualTo(401);
    assertThat(pods.atFirst.get("/exports/guarded").text("name")).isEqualTo("guarded");
    assertThat(somebody.get("/exports/guarded").json().path("name").isNull())
        .as("a viewer does not learn the name")
        .isTrue();
  }

  @Test
  void whatWasForwardedIsNotForwardedAgain() {
    pods.makeAtSecond("looped", "read", "");

    Answer answer =
        pods.atFirst.send(
            pods.atFirst.request("/exports/looped").header("Sluice-Forwarded-By", "sluice-7"),
            "GET",
            "");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.detail()).isEqualTo("its pod has just changed; try again");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
  }
}
