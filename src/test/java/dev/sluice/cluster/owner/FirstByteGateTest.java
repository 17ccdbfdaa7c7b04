package dev.sluice.cluster.owner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.ExportMaker;
import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.testing.OwnService;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whether the first byte passes, in both directions. */
class FirstByteGateTest {

  private final OwnService service = OwnService.with();
  private final AtomicBoolean mine = new AtomicBoolean(true);
  private final FirstByteGate gate = new FirstByteGate(mine::get);

  @AfterEach
  void close() {
    service.close();
  }

  private Export make(String name, String direction) {
    String json =
        "{\"name\": \"%s\", \"direction\": \"%s\", \"size\": 4, \"headWindow\": 0, \"path\": \"%s\"}"
            .formatted(name, direction, service.root().resolve(name));
    return service
        .bean(ExportMaker.class)
        .make(json.getBytes(UTF_8), "~" + name, Instant.now(), null, gate)
        .export();
  }

  private void assertNothingPassed(Export export) {
    StreamStatus status = export.stream().status();
    assertThat(status.state()).isEqualTo(StreamState.FAILED);
    assertThat(status.failure()).contains("the Lease of this pod is over");
    assertThat(status.startedAt()).isNull();
    assertThat(status.position()).isZero();
    assertThat(gate.isRefused()).isTrue();
  }

  @Test
  void nothingIsWrittenToThePeerWhereSomebodyElseMayHaveTheStream() throws Exception {
    Export export = make("save", "write");
    CompletableFuture<byte[]> peer = service.peerReads("save");
    try (RawNbdClient client = service.connect()) {
      client.go("save");
      mine.set(false);
      assertThatThrownBy(() -> client.write(0, new byte[4])).isNotNull();
    }
    assertThat(peer.get()).isEmpty();
    assertNothingPassed(export);
  }

  @Test
  void nothingIsTakenFromThePeerEither() throws Exception {
    Export export = make("restore", "read");
    CompletableFuture<Void> peer =
        CompletableFuture.runAsync(
            () -> {
              try {
                Files.write(service.root().resolve("restore"), new byte[4]);
              } catch (IOException e) {
                // nobody reads
              }
            });
    try (RawNbdClient client = service.connect()) {
      client.go("restore");
      mine.set(false);
      assertThatThrownBy(() -> client.read(0, 4)).isNotNull();
    }
    peer.get();
    assertNothingPassed(export);
  }

  @Test
  void whatHasBegunGoesOn() throws Exception {
    Export export = make("save", "write");
    CompletableFuture<byte[]> peer = service.peerReads("save");
    try (RawNbdClient client = service.connect()) {
      client.go("save");
      client.write(0, new byte[] {1, 2});
      mine.set(false);
      client.write(2, new byte[] {3, 4});
      client.disconnect();
    }
    assertThat(peer.get()).containsExactly(1, 2, 3, 4);
    assertThat(export.status().state()).isEqualTo(StreamState.COMPLETED);
    assertThat(gate.isRefused()).isFalse();
  }
}
