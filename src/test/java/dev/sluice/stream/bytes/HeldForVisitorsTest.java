package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What clients that come and go without anything new keep of the memory for windows. */
@Slow("Waits for clocks.")
class HeldForVisitorsTest extends HeldMemory {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void whoComesAndGoesWithAFlushKeepsNothing() throws Exception {
    try (Rig rig = Rig.writing(settings(NEVER, SECOND), memory)) {
      TestClient client = rig.connect();
      write(client, MIB, 2 * MIB);
      client.hangUp();

      await()
          .until(
              () -> {
                TestClient visitor = rig.connect();
                visitor.flush();
                visitor.hangUp();
                return memory.used() == 0;
              });
    }
  }

  /** There is always somebody there, but never for long. */
  @Test
  void whoComesBeforeTheLastOneHasLeftKeepsNothing() throws Exception {
    try (Rig rig = Rig.writing(settings(SECOND, SECOND), memory)) {
      TestClient[] last = {rig.connect()};
      write(last[0], MIB, 2 * MIB);

      await()
          .until(
              () -> {
                TestClient next = rig.connect();
                last[0].hangUp();
                last[0] = next;
                return memory.used() == 0;
              });

      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
    }
  }

  @Test
  void whoComesBackLaterHasTimeToGoOn() throws Exception {
    try (Rig rig = Rig.writing(settings(Duration.ofSeconds(3), LONG), memory)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, MIB, 3 * MIB);
      first.hangUp();
      await().pollDelay(Duration.ofSeconds(4)).until(() -> memory.used() == 2 * MIB);

      TestClient next = rig.connect();
      Rig.awaitWaitIn("awaitRequest");
      write(next, 0, MIB);
      next.disconnect();

      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  /** Its memory cannot be given up, since it came from the peer. */
  @Test
  void aReaderWhoReadsTheHeadAgainKeepsNothing() throws Exception {
    Timeouts timeouts = Timeouts.of(NEVER, SECOND, SECOND, NEVER);
    try (Rig rig =
        Rig.reading(StreamSettings.of(OptionalLong.of(3 * MIB), 0, MIB, timeouts), memory)) {
      rig.peerWrites(
          out -> {
            out.write(data);
            return true;
          });
      rig.connect().read(0, MIB / 2);
      assertThat(memory.used()).isPositive();

      await()
          .until(
              () -> {
                if (rig.state() == StreamState.WAITING) {
                  try (TestClient reader = rig.connect()) {
                    reader.read(0, 512);
                  } catch (IOException ended) {
                    // Which is what is to happen.
                  }
                }
                return rig.state() == StreamState.FAILED;
              });

      assertThat(rig.failure()).startsWith("no client went on within 1s");
      await().until(() -> memory.used() == 0);
    }
  }

  /**
   * What a client waits for it cannot bring, however long its stream's other clients do nothing.
   */
  @Test
  void whoWaitsForMemoryKeepsWhatItsStreamHolds() throws Exception {
    WindowMemory tight = new WindowMemory(settings(NEVER, NEVER).mostMemory() + MIB);
    try (Rig other = Rig.writing(settings(NEVER, NEVER), tight);
        Rig rig = Rig.writing(settings(SECOND, SECOND), tight)) {
      other.connect().write(MIB, new byte[2 * MIB]);
      TestClient first = rig.connect();
      write(first, 2 * MIB, 3 * MIB);
      TestClient second = rig.connect();
      Future<Status> waiting =
          rig.inThread(() -> second.tryWrite(MIB, Bytes.part(data, MIB, 2 * MIB)));
      Rig.awaitWaitIn("awaitMemory");
      await().until(() -> !first.isServed());

      other.stream.cancel();

      assertThat(waiting.get()).as(rig.failure()).isEqualTo(Status.OK);
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      write(second, 0, MIB);
      second.disconnect();
      assertThat(rig.state()).as(rig.waitingFor()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }
}
