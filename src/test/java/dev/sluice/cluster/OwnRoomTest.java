package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.export.ExportRegistry;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.OwnService;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a pod tells of itself where exports are placed. */
class OwnRoomTest {

  private static final int MIB = 1 << 20;

  @Test
  void aPodTellsWhatItsStreamsUse() throws Exception {
    try (OwnService service =
        OwnService.with(
            "sluice.exports.drain-linger=0s",
            "sluice.exports.window-memory=1GB",
            "sluice.kubernetes.node=node-1",
            "sluice.kubernetes.bandwidth=1GB")) {
      OwnRoom room =
          new OwnRoom(
              service.bean(ExportRegistry.class),
              service.bean(WindowMemory.class),
              7,
              new Entrance(null, 0),
              service.bean(KubernetesProperties.class));
      assertThat(room.notes())
          .containsOnly(
              Map.entry("sluice.dev/node", "node-1"),
              Map.entry("sluice.dev/exports", "0/7"),
              Map.entry("sluice.dev/window-memory", "0/" + 1024L * MIB),
              Map.entry("sluice.dev/bytes-per-second", "0/" + 1024L * MIB));
      service.create("waits", "write", 4 * MIB);
      service.create("moves", "write", 4 * MIB);
      CompletableFuture<byte[]> peer = service.peerReads("moves");
      try (RawNbdClient client = service.connect()) {
        client.go("moves");
        client.write(0, new byte[MIB]);
        client.write(2 * MIB, new byte[MIB]);

        assertThat(room.exports()).isEqualTo(5);
        assertThat(room.notes()).containsEntry("sluice.dev/exports", "2/7");
        assertThat(taken(room, "sluice.dev/window-memory")).isBetween((long) MIB, 2L * MIB);
        await().until(() -> taken(room, "sluice.dev/bytes-per-second"), rate -> rate > 0);
        assertThat(taken(room, "sluice.dev/bytes-per-second")).isLessThanOrEqualTo(MIB);

        client.write(MIB, new byte[MIB]);
        client.write(3 * MIB, new byte[MIB]);
        client.disconnect();
      }
      peer.get();
      service.api().awaitState("moves", "COMPLETED");
      assertThat(room.notes())
          .containsEntry("sluice.dev/exports", "1/7")
          .containsEntry("sluice.dev/window-memory", "0/" + 1024L * MIB)
          .containsEntry("sluice.dev/bytes-per-second", "0/" + 1024L * MIB);
      service.bean(ExportRegistry.class).refuseNew();
      assertThat(room.exports()).as("it stops").isZero();
    }
  }

  private static long taken(OwnRoom room, String key) {
    return Long.parseLong(room.notes().getOrDefault(key, "").replaceFirst("/.*", ""));
  }
}
