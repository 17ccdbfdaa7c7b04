package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
      Rig.awaitWaitIn("awaitMemory");
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
      Rig.awaitWaitIn("awaitMemory");

      two.hangUp();

      assertThat(memory.used()).isEqualTo(900_000);
      assertThat(second.state()).isEqualTo(StreamState.WAITING);
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void waitingForMemoryLastsForTwiceTheIdleTimeout() throws Exception {
    WindowMemory memory = memory();
    try (Rig first = rig(memory, Duration.ZERO);
        Rig second = rig(memory, Duration.ofMillis(200))) {
      first.connect().write(MIB, new byte[900_000]);

      assertThat(second.connect().tryWrite(MIB, new byte[MIB])).isEqualTo(Status.ENDED);

      assertThat(second.failure())
          .isEqualTo(
              "all the memory for windows (sluice.exports.window-memory) was in use for 0.4s"
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
      Rig.awaitWaitIn("awaitMemory");

      second.stream.cancel();

      assertThat(waiting.get()).isEqualTo(Status.ENDED);
    }
  }

  @Test
  void aStreamThatCouldNeverHaveItsWindowIsNotOpened() {
    WindowMemory memory = new WindowMemory(1000);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.open(1001))
        .withMessage("demand: 1001 (expected: <= 1000)");
  }

  private static StreamSettings large(Duration idle) {
    Timeouts timeouts = Timeouts.of(Duration.ZERO, idle, Duration.ZERO, Duration.ZERO);
    return StreamSettings.of(OptionalLong.of(16 * MIB), 4 * MIB, 0, timeouts);
  }

  /** What waits for memory could be freed by the same stream's other client, and is. */
  @Test
  void aReaderThatWaitsForMemoryKeepsNobodyFromReadingWhatIsKept() throws Exception {
    byte[] data = Bytes.random(16 * MIB);
    WindowMemory memory = new WindowMemory(large(Duration.ZERO).mostMemory() + 500_000);
    try (Rig others = rig(memory, Duration.ZERO);
        Rig rig = Rig.reading(large(Duration.ZERO), memory)) {
      others.connect().write(MIB, new byte[MIB]);
      rig.peerWrites(
          out -> {
            out.write(data);
            return true;
          });
      TestClient far = rig.connect();
      TestClient near = rig.connect();
      int reach = 4 * MIB;
      Future<byte[]> ahead = rig.inThread(() -> far.read(reach, MIB));
      Rig.awaitWaitIn("awaitMemory");
      assertThat(rig.waitingFor())
          .isEqualTo("window memory (sluice.exports.window-memory), which other exports hold");
      assertThat(rig.tally.waiting(WaitCause.WINDOW_MEMORY)).isEqualTo(1);

      for (int at = 0; at < reach; at += MIB) {
        assertThat(near.read(at, MIB)).isEqualTo(Bytes.part(data, at, at + MIB));
      }

      assertThat(ahead.get()).isEqualTo(Bytes.part(data, reach, reach + MIB));
      assertThat(rig.tally.waiting(WaitCause.WINDOW_MEMORY)).isZero();
      for (int at = reach + MIB; at < data.length; at += MIB) {
        assertThat(near.read(at, MIB)).isEqualTo(Bytes.part(data, at, at + MIB));
      }
      far.disconnect();
      near.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
    assertThat(memory.used()).isZero();
  }

  /** Nothing is given back here: the other client comes up to where the one waits. */
  @Test
  void aWriterThatWaitsForMemoryNeedsNoneOnceEverythingBeforeItHasCome() throws Exception {
    byte[] data = Bytes.random(3 * MIB);
    WindowMemory memory = memory();
    try (Rig others = rig(memory, Duration.ZERO);
        Rig rig = rig(memory, Duration.ZERO)) {
      others.connect().write(MIB, new byte[MIB]);
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient far = rig.connect();
      TestClient near = rig.connect();
      Future<Status> ahead =
          rig.inThread(() -> far.tryWrite(2 * MIB, Bytes.part(data, 2 * MIB, 3 * MIB)));
      Rig.awaitWaitIn("awaitMemory");

      near.write(0, Bytes.part(data, 0, 2 * MIB));

      assertThat(ahead.get()).isEqualTo(Status.OK);
      assertThat(peer.get()).isEqualTo(data);
      assertThat(memory.used()).isEqualTo(MIB);
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void severalClientsOfAStreamWaitForMemoryAtATime() throws Exception {
    byte[] data = Bytes.random(3 * MIB);
    Timeouts none = Timeouts.NONE;
    StreamSettings settings = StreamSettings.of(OptionalLong.of(3 * MIB), 2 * MIB, 0, none);
    WindowMemory memory = new WindowMemory(settings.mostMemory() + 500_000);
    try (Rig others = Rig.writing(settings, memory);
        Rig rig = Rig.writing(settings, memory)) {
      others.connect().write(MIB, new byte[3 * MIB / 2]);
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      List<Future<Status>> ahead = new ArrayList<>();
      for (int at = MIB; at < data.length; at += MIB / 2) {
        TestClient client = rig.connect();
        int from = at;
        ahead.add(
            rig.inThread(() -> client.tryWrite(from, Bytes.part(data, from, from + MIB / 2))));
      }
      Rig.awaitWaitIn("awaitMemory", 3); // there is enough for one of the four

      others.stream.cancel();
      rig.connect().write(0, Bytes.part(data, 0, MIB));

      for (Future<Status> one : ahead) {
        assertThat(one.get()).isEqualTo(Status.OK);
      }
      assertThat(peer.get()).isEqualTo(data);
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void aReaderThatWaitsForMemoryIsLetGoWhenItHangsUp() throws Exception {
    WindowMemory memory = new WindowMemory(large(Duration.ZERO).mostMemory() + 500_000);
    try (Rig others = rig(memory, Duration.ZERO);
        Rig rig = Rig.reading(large(Duration.ZERO), memory)) {
      others.connect().write(MIB, new byte[MIB]);
      rig.peerWrites(
          out -> {
            out.write(new byte[8 * MIB]);
            return true;
          });
      TestClient far = rig.connect();
      TestClient near = rig.connect();
      far.send(TestSession.Operation.READ, 4 * MIB, MIB);
      Rig.awaitWaitIn("awaitMemory");

      far.hangUp();

      assertThat(near.read(0, MIB)).isEqualTo(new byte[MIB]);
    }
    assertThat(memory.used()).isZero();
  }
}
