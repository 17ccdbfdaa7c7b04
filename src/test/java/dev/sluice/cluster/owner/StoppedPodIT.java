package dev.sluice.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.export.ExportRegistry;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.StreamState;
import org.junit.jupiter.api.Test;

/** What the API server is told of each export of a pod that stops. */
class StoppedPodIT extends Steps {

  private OwnedExport make(String name, String more) {
    StreamExport asked = ask(name, write(name) + more);
    pod.step(asked);
    return pod.ownedExports.of(asked).orElseThrow();
  }

  @Test
  void whatHasNotBegunIsAnybodysAndAllElseHasEndedAsItDid() throws Exception {
    ExportRegistry registry = service.bean(ExportRegistry.class);
    make("fresh", "");
    make("never", ", restartPolicy: Never");
    make("cancelled", "").export().stream().cancel();
    make("begun", "");
    var _ = service.peerReads("begun");
    try (RawNbdClient client = service.connect()) {
      client.go("begun");
      client.write(0, new byte[SIZE / 2]);

      registry.refuseNew();
      assertThat(pod.step("fresh").phase()).as("it drains").isEqualTo(StreamState.WAITING);
      registry.stop();
    }

    StreamExportStatus fresh = pod.step("fresh");
    assertThat(fresh.owner()).isNull();
    assertThat(fresh.phase()).isNull();
    assertThat(pod.read("fresh").getMetadata().getFinalizers()).isEmpty();
    assertThat(pod.ownedExports.of(pod.read("fresh"))).isEmpty();
    assertThat(pod.step("never").phase()).isEqualTo(StreamState.FAILED);
    assertThat(pod.step("cancelled").phase()).isEqualTo(StreamState.CANCELLED);
    StreamExportStatus begun = pod.step("begun");
    assertThat(begun.phase()).isEqualTo(StreamState.FAILED);
    assertThat(begun.startTime()).isNotNull();
    assertThat(begun.position()).isEqualTo(SIZE / 2);
    for (String name : new String[] {"fresh", "never", "cancelled", "begun"}) {
      assertThat(isComplete(pod.read(name).known())).isFalse();
    }
  }
}
