package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.ClusterRig;
import dev.sluice.cluster.resource.Conditions;
import dev.sluice.cluster.resource.ResourceClient;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Condition;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.export.ExportRegistry;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** What tests of single steps share: a namespace, and one pod whose service has room for a few. */
abstract class Steps {

  static final int SIZE = 1 << 20;
  static final int MAX = 4;

  static ClusterRig rig;
  static OwnService service;
  private static int instances;

  SteppedPod pod;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    rig = new ClusterRig();
    service = OwnService.with("sluice.exports.max=" + MAX, "sluice.exports.store=none");
  }

  @AfterAll
  static void end() throws Exception {
    service.close();
    rig.close();
  }

  @BeforeEach
  void startPod() {
    pod = new SteppedPod(rig.api, rig.namespace, service, "sluice-0", "id" + instances++);
  }

  @AfterEach
  void endPod() {
    pod.letAllGo();
    pod.close();
    ExportRegistry registry = service.bean(ExportRegistry.class);
    registry.list().forEach(export -> registry.delete(export.name(), /* force= */ true));
  }

  ResourceClient resources() {
    return pod.resources;
  }

  /** Has somebody ask for an export; returns the first version of the resource. */
  StreamExport ask(String name, String spec) {
    return pod.create(ClusterRig.parsed(name, spec));
  }

  static String write(String name) {
    return "direction: write, size: %d, digest: SHA-256, path: %s"
        .formatted(SIZE, service.root().resolve(name));
  }

  /** Streams all of an export; nobody tells the API server. */
  static void carry(String name, byte[] data) throws Exception {
    CompletableFuture<byte[]> peer = service.peerReads(name);
    try (RawNbdClient client = service.connect()) {
      client.go(name);
      client.write(0, data);
      client.disconnect();
    }
    assertThat(peer.get()).isEqualTo(data);
    service.api().awaitState(name, "COMPLETED");
  }

  static StreamExportStatus statusOf(
      @Nullable StreamState phase, @Nullable String startTime, @Nullable Owner owner) {
    return new StreamExportStatus(
        1L, phase, null, null, null, null, startTime, null, null, null, owner, List.of());
  }

  static boolean isSo(StreamExportStatus status, String type) {
    return Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
        .filter(condition -> condition.type().equals(type))
        .anyMatch(condition -> condition.status().equals("True"));
  }

  /** Whether it says that every byte has arrived. */
  static boolean isComplete(StreamExportStatus status) {
    return status.phase() == StreamState.COMPLETED || isSo(status, Conditions.COMPLETE);
  }
}
