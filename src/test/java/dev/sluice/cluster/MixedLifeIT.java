package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.EventReader;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.RestClient.Answer;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The life of an export by kubectl and by REST, which come to different pods. */
class MixedLifeIT {

  private static final Disk DISK = Disks.random(4L * Disks.MIB);

  private static ClusterRig rig;
  private static List<OwnService> pods;
  private static List<RestClient> rest;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    Peers.require("curl", "nbdcopy");
    rig = new ClusterRig();
    pods = List.of(pod("sluice-0"), pod("sluice-1"), pod("sluice-2"));
    rest = pods.stream().map(RestClient::anonymous).toList();
    rest.forEach(one -> await().until(() -> one.get("/exports/nobody").status() == 404));
  }

  private static OwnService pod(String name) {
    return rig.pod(name, "sluice.kubernetes.nbd-address=127.0.0.1");
  }

  @AfterAll
  static void end() throws Exception {
    rig.close();
  }

  /** The services need the common pool. */
  private static <T> CompletableFuture<T> meanwhile(Supplier<T> task) {
    return CompletableFuture.supplyAsync(
        task, runnable -> Thread.ofPlatform().daemon().start(runnable));
  }

  private static Command.Running kubectlWait(String name, String condition) {
    return rig.api
        .kubectlCommand("-n", rig.namespace, "wait", "sx/" + name)
        .with("--for=condition=" + condition, "--timeout=40s")
        .start();
  }

  private static void awaitEvent(EventReader events, String text) throws InterruptedException {
    while (!events.next().text().equals(text)) {
      // What came before it, and what there is of others.
    }
  }

  private static void awaitPassingOn(OwnService entrance, String name) {
    await()
        .atMost(ClusterRig.SOON)
        .until(
            () ->
                entrance
                    .bean(Entrance.class)
                    .find(name)
                    .filter(place -> place.address() != null)
                    .isPresent());
  }

  private static void assertNowhere(String name) {
    rig.awaitNone(name);
    for (RestClient one : rest) {
      await().atMost(ClusterRig.SOON).until(() -> one.get("/exports/" + name).status() == 404);
      assertThat(one.delete("/exports/" + name).status()).isEqualTo(404);
    }
  }

  @Test
  void whatKubectlHasMadeIsSeenChangedStreamedAndDeletedByOtherPods() throws Exception {
    try (EventReader events = new EventReader(pods.getLast().port(), "/exports/events", "")) {
      rig.ask(
          "applied",
          "pod: sluice-1, direction: write, peer: http, size: %d, digest: SHA-256"
              .formatted(DISK.size()));
      rig.kubectl("wait", "sx/applied", "--for=condition=Ready", "--timeout=40s");
      Answer seen = rest.getFirst().get("/exports/applied");
      assertThat(seen.text("state")).isEqualTo("WAITING");
      assertThat(seen.text("pod")).isEqualTo("sluice-1");
      await()
          .atMost(ClusterRig.SOON)
          .until(() -> rest.getLast().get("/exports").body().contains("\"applied\""));
      awaitEvent(events, "export applied WAITING");

      assertThat(
              rest.getLast().send("PATCH", "/exports/applied", "{\"rateLimit\": \"1G\"}").status())
          .isEqualTo(200);
      assertThat(rig.kubectl("get", "sx", "applied", "-o", "jsonpath={.spec.rateLimit}"))
          .isEqualTo("1G");
      assertThat(pods.get(1).api().read("/exports/applied").path("rateLimit").asLong())
          .isEqualTo(1L << 30);

      awaitPassingOn(pods.getLast(), "applied");
      streamThroughThreePods();
      awaitEvent(events, "export applied COMPLETED");
      assertThat(rest.getFirst().delete("/exports/applied").status()).isEqualTo(204);
      awaitEvent(events, "deleted applied COMPLETED");
    }
    assertNowhere("applied");
  }

  /** The peer comes to one pod, the client to another, and neither has the export. */
  private static void streamThroughThreePods() throws Exception {
    Path got = Workspace.newPath("got");
    String data = "http://127.0.0.1:%d/exports/applied/data".formatted(pods.getFirst().port());
    String nbd = "nbd://127.0.0.1:%d/applied".formatted(pods.getLast().nbd().getPort());
    CompletableFuture<Answer> ended =
        meanwhile(() -> rest.getLast().get("/exports/applied?waitFor=ended&timeout=50s"));
    try (Command.Running waits = kubectlWait("applied", "Complete");
        Command.Running peer =
            Command.of("curl", "-fsSL", "--max-time", "30", "-o", got, data).start()) {
      Command.of("nbdcopy", DISK.path(), nbd).run().assertSucceeded();
      peer.await().assertSucceeded();
      waits.await().assertSucceeded();
    }

    assertThat(Sha256.of(got)).isEqualTo(DISK.sha256());
    JsonNode completed = ended.get().json();
    assertThat(completed.path("state").asString()).isEqualTo("COMPLETED");
    assertThat(completed.path("digestValue").asString()).isEqualTo(DISK.sha256());
    JsonNode status = rig.status("applied");
    assertThat(status.path("digest").asString()).isEqualTo(DISK.sha256());
    assertThat(status.path("position").asLong()).isEqualTo(DISK.size());
    await()
        .until(
            () -> rig.kubectl("describe", "sx", "applied"),
            told ->
                told.contains("Started at")
                    && told.contains("Completed at position " + DISK.size()));
  }

  @Test
  void whatRestHasMadeIsSeenCancelledAndDeletedByKubectl() {
    Answer made =
        rest.getFirst()
            .post(
                "{\"name\": \"posted\", \"peer\": \"http\", \"direction\": \"read\", \"pod\": \"sluice-2\"}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    try (Command.Running watch =
        rig.api.kubectlCommand("-n", rig.namespace, "get", "sx", "posted", "-w").start()) {
      await().atMost(ClusterRig.SOON).until(() -> watch.outputSoFar().contains("WAITING"));
      assertThat(rig.kubectl("describe", "sx", "posted"))
          .contains("sluice-2", "/posted", made.json().at("/uris/0").asString());

      rig.kubectl("patch", "sx", "posted", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");

      for (RestClient one : rest) {
        assertThat(one.get("/exports/posted?waitFor=ended&timeout=40s").text("state"))
            .isEqualTo("CANCELLED");
      }
      await().atMost(ClusterRig.SOON).until(() -> watch.outputSoFar().contains("CANCELLED"));
    }
    JsonNode failed = ClusterRig.condition(rig.awaitPhase("posted", "CANCELLED"), "Failed");
    assertThat(failed.path("reason").asString()).isEqualTo("Cancelled");

    rig.kubectl("delete", "sx", "posted", "--timeout=30s");
    assertNowhere("posted");
  }

  @Test
  void aNameThatOneOfThemHasIsTakenForTheOther() {
    String spec = "direction: read, peer: http, size: 1M";
    String body =
        "{\"name\": \"taken\", \"peer\": \"http\", \"direction\": \"read\", \"size\": %s}";
    rig.ask("taken", spec);
    rig.awaitPhase("taken", "WAITING");

    for (RestClient one : rest) {
      Answer refused = one.post(body.formatted("\"1M\""));
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.text("type")).endsWith("/problems/already-in-use");
      assertThat(refused.detail())
          .isEqualTo("name: it is taken; delete that export first, or choose another name");
      assertThat(one.send("PUT", "/exports/taken", body.formatted(1 << 20)).status())
          .isEqualTo(200);
      assertThat(one.send("PUT", "/exports/taken", body.formatted(4096)).detail())
          .isEqualTo("size: the export was asked for with 1048576");
    }

    assertThat(rest.getFirst().post(body.formatted(4096).replace("taken", "had")).status())
        .isEqualTo(201);
    Path file = Workspace.newPath("yaml");
    Command.Result create =
        rig.api
            .kubectlCommand("-n", rig.namespace, "create", "-f", write(file, "had", spec))
            .run()
            .assertFailed();
    assertThat(create.errors()).contains("AlreadyExists");
    rig.ask("had", spec); // which changes what may not be changed
    JsonNode status =
        rig.await(
            "had",
            now ->
                ClusterRig.condition(now, "Accepted")
                    .path("message")
                    .asString("")
                    .contains("[size] cannot be changed"));
    assertThat(status.path("size").asLong()).isEqualTo(4096);
  }

  private static Path write(Path file, String name, String spec) {
    try {
      return Files.writeString(file, ClusterRig.resource(name, spec));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
