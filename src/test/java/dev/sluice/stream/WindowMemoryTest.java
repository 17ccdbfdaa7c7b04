package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.TestSession.Status;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams that share less memory than their windows could use. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WindowMemoryTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  /** No head, so that only what comes out of order needs memory. */
  private static StreamSettings settings(Duration idle) {
    Timeouts timeouts = Timeouts.of(Duration.ZERO, idle, Duration.ZERO, Duration.ZERO);
    return StreamSettings.of(OptionalLong.of(3 * MIB), MIB, 0, timeouts);
  }

  private static Rig rig(WindowMemory memory, Duration idle) throws IOException {
    return Rig.writing(settings(idle), memory);
  }

  /** Room for one whole window and some of another. */
  private static WindowMemory memory() {
    return new WindowMemory(settings(Duration.ZERO).mostMemory() + 500_000);
  }

  @Test
  void aSessionWaitsForMemoryUntilAnotherStreamGivesItBack() throws Exception {
    byte[] data = Bytes.random(3 * MIB);
    WindowMemory memory = memory();
    try (Rig first = rig(memory, Duration.ZERO);
        Rig second = rig(memory, Duration.ZERO)) {
      Future<byte[]> firstPeer = first.peerReads(InputStream::readAllBytes);
      Future<byte[]> secondPeer = second.peerReads(InputStream::readAllBytes);
      TestClient one = first.connect();
      TestClient two = second.connect();
      one.write(MIB, Bytes.part(data, MIB, MIB + 900_000));
      two.write(MIB, Bytes.part(data, MIB, MIB + 500_000));
      Future<Status> waiting =
          second.inThread(
              () -> two.tryWrite(MIB + 500_000, Bytes.part(data, MIB + 500_000, 2 * MIB)));
      Rig.awaitWaitIn("reserve");
      assertThat(memory.used()).isEqualTo(1_400_000);

      one.write(0, Bytes.part(data, 0, MIB));

      assertThat(waiting.get()).isEqualTo(Status.OK);
      assertThat(memory.used()).isEqualTo(MIB);
      one.write(MIB + 900_000, Bytes.part(data, MIB + 900_000, 3 * MIB));
      two.write(0, Bytes.part(data, 0, MIB));
      two.write(2 * MIB, Bytes.part(data, 2 * MIB, 3 * MIB));
      assertThat(firstPeer.get()).isEqualTo(data);
      assertThat(secondPeer.get()).isEqualTo(data);
      assertThat(memory.used()).isZero();
    }
  }

  /** Each could wait for what the other holds; so the second does not get as far as that. */
  @Test
  void twoStreamsThatFillTheirWindowsDoNotWaitForEachOther() throws Exception {
    byte[] data = Bytes.random(3 * MIB);
    WindowMemory memory = memory();
    try (Rig first = rig(memory, Duration.ZERO);
        Rig second = rig(memory, Duration.ZERO)) {
      Future<byte[]> firstPeer = first.peerReads(InputStream::readAllBytes);
      Future<byte[]> secondPeer = second.peerReads(InputStream::readAllBytes);
      Future<?> one = first.inThread(() -> writeBackwards(first, data));
      Future<?> two = second.inThread(() -> writeBackwards(second, data));

      one.get();
      two.get();

      assertThat(firstPeer.get()).isEqualTo(data);
      assertThat(secondPeer.get()).isEqualTo(data);
      assertThat(memory.used()).isZero();
    }
  }

  private static boolean writeBackwards(Rig rig, byte[] data) throws IOException {
    TestClient client = rig.connect();
    int part = 64 * 1024;
    for (int base = 0; base < data.length; base += MIB) {
      for (int at = base + MIB - part; at >= base; at -= part) {
        client.write(at, Bytes.part(data, at, at + part));
      }
    }
    client.disconnect();
    return true;
  }

  @Test
  void aClientThatLeavesWhileItWaitsTakesNothing() throws Exception {
    WindowMemory memory = memory();
    try (Rig first = rig(memory, Duration.ZERO);
        Rig second = rig(memory, Duration.ZERO)) {
      TestClient one = first.connect();
      TestClient two = second.connect();
      one.write(MIB, new byte[900_000]);
      two.sendWrite(MIB, new byte[MIB], 1000);
      Rig.awaitWaitIn("reserve");

      two.hangUp();

      assertThat(memory.used()).isEqualTo(900_000);
      assertThat(second.state()).isEqualTo(StreamState.WAITING);
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void waitingForMemoryHasTheIdleClocksLimit() throws Exception {
    WindowMemory memory = memory();
    try (Rig first = rig(memory, Duration.ZERO);
        Rig second = rig(memory, Duration.ofMillis(200))) {
      first.connect().write(MIB, new byte[900_000]);

      assertThat(second.connect().tryWrite(MIB, new byte[MIB])).isEqualTo(Status.ENDED);

      assertThat(second.failure())
          .isEqualTo(
              "all the memory for windows (sluice.exports.window-memory) was in use for 0.2s"
                  + " at position 0");
      assertThat(memory.used()).isEqualTo(900_000);
    }
  }

  @Test
  void endingAStreamEndsItsWaitForMemory() throws Exception {
    WindowMemory memory = memory();
    try (Rig first = rig(memory, Duration.ZERO);
        Rig second = rig(memory, Duration.ZERO)) {
      first.connect().write(MIB, new byte[900_000]);
      TestClient two = second.connect();
      Future<Status> waiting = second.inThread(() -> two.tryWrite(MIB, new byte[MIB]));
      Rig.awaitWaitIn("reserve");

      second.stream.cancel();

      assertThat(waiting.get()).isEqualTo(Status.ENDED);
    }
  }

  @Test
  void aStreamThatCouldNeverHaveItsWindowIsNotOpened() {
    WindowMemory memory = new WindowMemory(1000);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.open(1001))
        .withMessage("claim: 1001 (expected: <= 1000)");
  }
}
