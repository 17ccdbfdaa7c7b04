package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** How fast a stream is, and how long the rest takes. */
@Slow("A rate takes seconds to be known.")
@Timeout(60)
class ThroughputShownTest {

  private static final int SIZE = 2 << 20;
  private static final int RATE = 512 << 10;

  @Test
  void anExportShowsItsThroughputAndTheTimeThatIsLeft() throws Exception {
    try (OwnService sluice = OwnService.with(new String[0])) {
      RestClient api = new RestClient(sluice.port());
      RestClient.Answer made =
          api.post(
              """
              {"name": "disk", "path": "%s", "direction": "write", "size": %d, "rateLimit": %d}\
              """
                  .formatted(sluice.root().resolve("disk"), SIZE, RATE));
      assertThat(made.json().get("throughput").isNull()).isTrue();
      assertThat(made.json().get("remainingSeconds").isNull()).isTrue();
      CompletableFuture<byte[]> peer = sluice.peerReads("disk");
      try (RawNbdClient client = sluice.connect()) {
        client.go("disk");
        CompletableFuture<Void> writing =
            CompletableFuture.runAsync(() -> write(client, new byte[SIZE]));

        // A machine that is busy may move less than the rate for a while, and never more.
        JsonNode seen =
            await()
                .until(
                    () -> api.get("/exports/disk").json(),
                    export -> export.get("throughput").asLong() >= RATE / 2L);
        assertThat(seen.get("throughput").longValue()).isLessThanOrEqualTo(RATE * 2L);
        assertThat(seen.get("remainingSeconds").longValue()).isBetween(1L, 8L);
        writing.join();
      }
      peer.get();
      JsonNode ended = api.get("/exports/disk").json();
      assertThat(ended.get("state").stringValue()).isEqualTo("COMPLETED");
      assertThat(ended.get("throughput").isNull()).isTrue();
      assertThat(ended.get("remainingSeconds").isNull()).isTrue();
    }
  }

  private static void write(RawNbdClient client, byte[] bytes) {
    try {
      client.write(0, bytes);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
