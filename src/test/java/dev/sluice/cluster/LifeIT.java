package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The life of an export by kubectl alone, with one pod. */
class LifeIT {

  private static final int SIZE = 1 << 20;

  private static ClusterRig rig;
  private static OwnService pod;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    Peers.require("nbdcopy");
    rig = new ClusterRig();
    pod = rig.pod("sluice-0", "sluice.kubernetes.api-url=http://sluice-0:8080/");
  }

  @AfterAll
  static void end() throws Exception {
    rig.close();
  }

  private static String write(String name) {
    return "direction: write, size: %d, digest: SHA-256, path: %s"
        .formatted(SIZE, pod.root().resolve(name));
  }

  @Test
  void aStreamIsCompleteWhenEveryByteHasArrived() throws Exception {
    Disk disk = Disks.random(SIZE);
    rig.ask("save", write("save"));
    rig.kubectl("wait", "sx/save", "--for=condition=Ready", "--timeout=40s");
    JsonNode waiting = rig.awaitPhase("save", "WAITING");
    assertThat(waiting.at("/owner/pod").asString()).isEqualTo("sluice-0");
    assertThat(waiting.at("/uris/0").asString()).endsWith("/save");
    assertThat(ClusterRig.condition(waiting, "Accepted").path("status").asString())
        .isEqualTo("True");
    assertThat(ClusterRig.condition(waiting, "Ready").path("status").asString()).isEqualTo("True");

    CompletableFuture<byte[]> peer = pod.peerReads("save");
    try (Command.Running waits =
        rig.api
            .kubectlCommand("-n", rig.namespace, "wait", "sx/save")
            .with("--for=condition=Complete", "--timeout=40s")
            .start()) {
      rig.kubectl("patch", "sx", "save", "--type=merge", "-p", "{\"spec\":{\"rateLimit\":\"1G\"}}");
      Command.of("nbdcopy", disk.path(), waiting.at("/uris/0").asString()).run().assertSucceeded();
      waits.await().assertSucceeded();
    }

    assertThat(peer.get()).isEqualTo(Files.readAllBytes(disk.path()));
    JsonNode completed = rig.status("save");
    assertThat(completed.path("phase").asString()).isEqualTo("COMPLETED");
    assertThat(completed.path("position").asInt()).isEqualTo(SIZE);
    assertThat(completed.path("digest").asString()).isEqualTo(disk.sha256());
    assertThat(completed.path("completionTime").asString()).isNotBlank();
    assertThat(rig.kubectl("get", "sx", "save")).contains("COMPLETED", "" + SIZE, "sluice-0");
    await()
        .until(
            () -> rig.kubectl("describe", "sx", "save"),
            told -> told.contains("Started at") && told.contains("Completed at position " + SIZE));
    rig.kubectl("delete", "sx", "save", "--timeout=30s");
    await().until(() -> pod.api().statusOf("/exports/save") == 404);
  }

  @Test
  void whatTheApiRefusesIsRefusedInTheSameWords() {
    rig.ask("outside", "direction: write, path: /etc/passwd, acceptClose: true");
    JsonNode refused = rig.awaitPhase("outside", "FAILED");

    JsonNode accepted = ClusterRig.condition(refused, "Accepted");
    assertThat(accepted.path("status").asString()).isEqualTo("False");
    assertThat(accepted.path("reason").asString()).isEqualTo("Refused");
    assertThat(accepted.path("message").asString())
        .isEqualTo("acceptClose: expected only with the direction read");
    assertThat(ClusterRig.condition(refused, "Complete").path("status").asString())
        .isEqualTo("False");
  }

  @Test
  void aCancelledExportStaysAndSaysSo() {
    rig.ask("cancelled", write("cancelled"));
    rig.awaitPhase("cancelled", "WAITING");

    rig.kubectl("patch", "sx", "cancelled", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");

    JsonNode cancelled = rig.awaitPhase("cancelled", "CANCELLED");
    assertThat(ClusterRig.condition(cancelled, "Failed").path("reason").asString())
        .isEqualTo("Cancelled");
    assertThat(pod.root().resolve("cancelled")).doesNotExist();
  }

  @Test
  void aRateLimitCanBeChangedAndAPathCannot() {
    rig.ask("changed", write("changed"));
    rig.awaitPhase("changed", "WAITING");

    rig.kubectl(
        "patch",
        "sx",
        "changed",
        "--type=merge",
        "-p",
        "{\"spec\":{\"rateLimit\":\"1M\",\"path\":\"/elsewhere\"}}");

    pod.api().await("changed", export -> export.rateLimit() == 1 << 20);
    JsonNode status =
        rig.await(
            "changed",
            now ->
                ClusterRig.condition(now, "Accepted")
                    .path("message")
                    .asString()
                    .contains("[path] cannot be changed"));
    assertThat(status.path("phase").asString()).isEqualTo("WAITING");
    assertThat(pod.root().resolve("changed")).exists();
  }

  @Test
  void whatHasEndedIsDeletedAfterItsTime() {
    rig.ask("short", write("short") + ", cancel: true, ttlSecondsAfterFinished: 1");

    rig.awaitNone("short");
  }

  @Test
  void aDeletedResourceTakesItsExportAlong() throws IOException {
    rig.ask("deleted", write("deleted"));
    rig.awaitPhase("deleted", "WAITING");
    try (RawNbdClient client = pod.connect()) {
      client.go("deleted");

      rig.kubectl("delete", "sx", "deleted", "--timeout=30s");

      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(pod.root().resolve("deleted")).doesNotExist();
  }

  @Test
  void whoeverAppliesOnTheServerIsNotInTheWay() {
    String yaml = ClusterRig.resource("applied", "direction: read, peer: http, size: 4096");
    serverSideApply(yaml).assertSucceeded();
    JsonNode status = rig.awaitPhase("applied", "WAITING");
    assertThat(status.path("dataUrl").asString())
        .isEqualTo("http://sluice-0:8080/exports/applied/data");

    serverSideApply(yaml.replace("4096", "4096, rateLimit: 2M")).assertSucceeded();

    pod.api().await("applied", export -> export.rateLimit() == 2 << 20);
  }

  private static Command.Result serverSideApply(String yaml) {
    return rig.api.apply(rig.namespace, yaml, "--server-side", "--field-manager=gitops");
  }
}
