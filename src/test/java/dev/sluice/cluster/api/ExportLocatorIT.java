package dev.sluice.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.ClusterMember;
import dev.sluice.cluster.ClusterRig;
import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.cluster.SharedExports;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.testing.FreePort;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.RestClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Where requests go: to the resource, if no pod has the export, or has it any more; and not to
 * other pods, if too many wait there.
 */
class ExportLocatorIT {

  private static final Duration NOT_AT_ONCE = Duration.ofMillis(100);

  private static TwoPods pods;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    pods = new TwoPods();
  }

  @AfterAll
  static void end() throws Exception {
    pods.close();
  }

  @Test
  void whatNoPodTakesInTimeIsTakenBack() {
    Answer answer =
        pods.atSecond.post(
            "{\"name\": \"nobodys\", \"direction\": \"read\", \"peer\": \"http\", \"pod\":"
                + " \"sluice-9\"}");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.detail()).startsWith("no pod has made it within");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    pods.assertNone("nobodys");
  }

  private static SharedExports shared() {
    return pods.first.bean(ClusterMember.class).shared().orElseThrow();
  }

  /** A pod takes it at the moment in which somebody has waited long enough. */
  @Test
  void whatWasTakenAtTheLastMomentIsNotTakenBack() {
    pods.rig.ask("late", "direction: read, peer: http, pod: sluice-9");
    StreamExport before = shared().now("late").orElseThrow();
    pods.rig.kubectl("annotate", "sx", "late", "changed=yes");
    KubernetesProperties properties = pods.first.bean(KubernetesProperties.class);
    ReadinessWait readiness = new ReadinessWait(ExportLocatorIT::shared, properties);

    StreamExport now = readiness.takenBackUnlessChanged(before);

    assertThat(now.getMetadata().getAnnotations()).containsEntry("changed", "yes");
    assertThat(pods.rig.kubectl("get", "sx", "late", "-o", "name")).contains("late");
    assertThatThrownBy(() -> readiness.takenBackUnlessChanged(now))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("no pod has made it within");
    pods.assertNone("late");
  }

  @Test
  void whatNoPodHasIsReadChangedAndDeletedByAnyPod() {
    pods.rig.ask("waits", "direction: read, peer: http, size: 1M, pod: sluice-9");

    JsonNode waiting = pods.atFirst.get("/exports/waits").json();
    assertThat(waiting.path("state").asString()).isEqualTo("WAITING");
    assertThat(waiting.path("waitingFor").asString()).isEqualTo("the pod sluice-9");
    assertThat(pods.atFirst.get("/exports/waits/data").status()).isEqualTo(503);
    assertThat(pods.atFirst.post("/exports/waits/finish", "").status()).isEqualTo(409);
    Answer changed = pods.atSecond.send("PATCH", "/exports/waits", "{\"rateLimit\": 4096}");
    assertThat(changed.json().path("rateLimit").asInt()).isEqualTo(4096);
    assertThat(pods.rig.kubectl("get", "sx", "waits", "-o", "jsonpath={.spec.rateLimit}"))
        .isEqualTo("4096");
    assertThat(pods.atSecond.delete("/exports/waits").status()).isEqualTo(204);
    pods.assertNone("waits");
    assertThat(pods.atSecond.get("/exports/waits").status()).isEqualTo(404);
  }

  @Test
  void aPodThatLivesAndCannotBeReachedIsToBeAskedAgain() throws IOException {
    ImitatedPod silent = new ImitatedPod(pods.rig, "sluice-8");
    silent.live("http://127.0.0.1:" + FreePort.any());
    pods.rig.ask("silent", "direction: write, peer: http, size: 1M, pod: sluice-8");
    silent.have("silent");

    Answer answer =
        await()
            .atMost(ClusterRig.SOON)
            .until(
                () -> pods.atFirst.get("/exports/silent"),
                now -> now.body().contains("cannot be reached now"));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.detail()).startsWith("the pod sluice-8, which has the export,");
    silent.die();
    pods.rig.awaitPhase("silent", "FAILED");
  }

  /** Its pod is one that is not there any more, as when it was killed. */
  @Test
  void whatWasJudgedIsReadAndDeletedByAnyPod() throws IOException {
    pods.rig.ask("judged", "direction: write, peer: http, size: 1M, pod: sluice-9");
    new ImitatedPod(pods.rig, "sluice-9").have("judged");
    Answer unknown = pods.atFirst.get("/exports/judged");
    assertThat(unknown.status()).isIn(503, 200);

    pods.rig.awaitPhase("judged", "FAILED");
    JsonNode judged =
        await()
            .atMost(ClusterRig.SOON)
            .until(
                () -> pods.atSecond.get("/exports/judged").json(),
                view -> view.path("state").asString("").equals("FAILED"));

    assertThat(judged.path("position").asInt()).isEqualTo(4096);
    assertThat(judged.path("failure").asString()).contains("sluice-9", "was lost");
    assertThat(judged.path("pod").asString()).isEqualTo("sluice-9");
    Answer finished = pods.atFirst.post("/exports/judged/finish", "");
    assertThat(finished.status()).isEqualTo(409);
    assertThat(finished.detail()).contains("the export has ended: FAILED, the pod sluice-9");
    assertThat(pods.atFirst.get("/exports/judged?waitFor=ended").text("state")).isEqualTo("FAILED");
    assertThat(pods.atFirst.delete("/exports/judged").status()).isEqualTo(204);
    pods.assertNone("judged");
  }

  @Test
  void anExportIsTheSameByItsIdAndByItsName() {
    JsonNode made = pods.makeAtSecond("known", "read", "");
    String id = made.path("id").asString();

    Answer first = pods.atFirst.get("/exports/" + id);
    assertThat(first.text("name")).isEqualTo("known");
    assertThat(first.text("id")).isEqualTo(id);
    Answer again =
        pods.atFirst.send(
            pods.atFirst
                .request("/exports/known")
                .header("If-None-Match", pods.atSecond.get("/exports/known").header("ETag")),
            "GET",
            "");
    assertThat(again.status()).isEqualTo(304);
  }

  @Test
  void onlySoManyRequestsWaitForOtherPodsAndThoseThatWaitForAStateLeaveRoomForTheRest() {
    pods.atFirst.post(
        "{\"name\": \"slow\", \"peer\": \"http\", \"direction\": \"read\", \"pod\": \"sluice-0\"}");
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(
            () ->
                await() // since the other request may be the one that is there first
                    .atMost(ClusterRig.SOON)
                    .pollInterval(NOT_AT_ONCE)
                    .until(
                        () -> pods.atSecond.get("/exports/slow?waitFor=ended&timeout=50s"),
                        answer -> answer.status() != 503),
            task -> Thread.ofPlatform().daemon().start(task)); // the services need the common pool

    Answer refused =
        await()
            .atMost(ClusterRig.SOON)
            .pollInterval(NOT_AT_ONCE)
            .until(
                () -> pods.atSecond.get("/exports/slow?waitFor=ended&timeout=1s"),
                answer -> answer.status() == 503);

    assertThat(refused.detail()).startsWith("1 requests wait for other pods");
    assertThat(refused.header("Retry-After")).isEqualTo("1");
    assertThat(pods.atSecond.get("/exports/slow").status()).isEqualTo(200);
    assertThat(pods.atSecond.delete("/exports/slow").status()).isEqualTo(204);
    assertThat(waiting.join().text("state")).isEqualTo("CANCELLED");
  }
}
