package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.Rig.Near;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that closed their connections before the replies came. */
@Timeout(30)
class LostReaderTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final byte[] data = Bytes.random(200_000);
  private final CountDownLatch more = new CountDownLatch(1);

  private Rig rig() throws Exception {
    StreamSettings settings = Rig.settings(data.length, MIB);
    Rig rig = new Rig(Direction.READ, Far.FIFO, Payload.SPLICED, Near.TCP, settings);
    rig.peerWrites(
        (OutputStream out) -> {
          out.write(data, 0, 100_000);
          assertThat(more.await(15, TimeUnit.SECONDS)).isTrue();
          out.write(data, 100_000, data.length - 100_000);
          return out;
        });
    return rig;
  }

  @Test
  void aClientThatClosedBeforeItsReplyWasSentHoldsNobodyUp() throws Exception {
    try (Rig rig = rig()) {
      TestClient reader = rig.connect();
      assertThat(reader.read(0, 100_000)).isEqualTo(Bytes.part(data, 0, 100_000));
      reader.send(Operation.READ, 100_000, 100_000);
      Rig.awaitWaitIn("awaitEndpoint"); // so that the next one has to wait for its turn
      TestClient lost = rig.connect();
      lost.send(Operation.READ, 0, 8192);
      lost.close();
      more.countDown();

      assertThat(reader.status()).isEqualTo(Status.OK);
      assertThat(reader.receive(100_000).array()).isEqualTo(Bytes.part(data, 100_000, 200_000));
      await().atMost(Duration.ofSeconds(5)).until(() -> !lost.isServed());
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);

      reader.read(0, 8192);
      reader.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aClientThatReadsNothingAndIsResetHoldsNobodyUp() throws Exception {
    StreamSettings settings = Rig.settings(64L * MIB, MIB);
    try (Rig rig = new Rig(Direction.READ, Far.FIFO, Payload.SPLICED, Near.TCP, settings)) {
      rig.peerWrites(
          out -> {
            byte[] part = new byte[MIB];
            while (true) {
              out.write(part);
            }
          });
      TestClient lost = rig.connect();
      lost.send(Operation.READ, 0, 32 * MIB); // more than its socket holds
      Rig.awaitWaitIn("awaitClient");
      TestClient reader = rig.connect();
      lost.close();

      await().atMost(Duration.ofSeconds(5)).until(() -> !lost.isServed());
      assertThat(reader.read(0, 8192)).containsOnly(0);
    }
  }
}
