package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamExtent.Content;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers whose connection was cut, and those who come after them. */
@Timeout(60)
class ResumedReadTest {

  private static final int MIB = 1 << 20;
  private static final int KEPT = 300_000;
  private static final int SIZE = 8 * MIB;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final byte[] data = Bytes.random(SIZE);

  static Stream<Arguments> paths() {
    return WriteStreamTest.paths();
  }

  private Rig rig(Far far, Payload payload, long kept) throws IOException {
    StreamSettings settings = Rig.settings(SIZE, MIB).withResumeWindow(kept);
    Rig rig = new Rig(Direction.READ, far, payload, settings);
    rig.peerWrites(
        out -> {
          out.write(data);
          return data;
        });
    return rig;
  }

  private Rig rig(long kept) throws IOException {
    return rig(Far.FIFO, Payload.SPLICED, kept);
  }

  private void read(TestClient client, long from, long to) throws IOException {
    assertThat(client.read(from, (int) (to - from)))
        .isEqualTo(Bytes.part(data, (int) from, (int) to));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void whatWasSentLastCanBeReadAgain(Far far, Payload payload) throws Exception {
    try (Rig rig = rig(far, payload, KEPT)) {
      TestClient cut = rig.connect();
      read(cut, 0, MIB);
      cut.send(Operation.READ, MIB, 4 * MIB);
      await().until(() -> rig.position() > MIB);
      cut.hangUp();
      long position = rig.position();
      assertThat(position).isLessThan(5L * MIB);

      TestClient next = rig.connect();
      read(next, position - KEPT, position - KEPT + 1000);
      read(next, position - 1, position);
      read(next, position - KEPT, position + 1000);
      assertThat(next.tryRead(position + 1000 - KEPT - 1, 1)).isEqualTo(Status.REFUSED);
      rig.stream.cancel();
    }
  }

  @Test
  void whatWasPassedOverIsAmongIt() throws Exception {
    try (Rig rig = rig(KEPT)) {
      TestClient cut = rig.connect();
      read(cut, 0, MIB);
      read(cut, MIB + 200_000, MIB + 250_000);
      read(cut, MIB, MIB + 200_000);
      cut.hangUp();
      TestClient next = rig.connect();
      read(next, MIB + 250_000 - KEPT, MIB + 300_000);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000, 65_536, 65_537, 2 * MIB})
  void cutsAtRandomMomentsLoseNothing(int kept) throws Exception {
    Random random = new Random(kept);
    try (Rig rig = rig(kept)) {
      int have = 0;
      TestClient client = rig.connect();
      while (have < SIZE) {
        int length = Math.min(1 + random.nextInt(Math.min(kept, MIB)), SIZE - have);
        if (random.nextInt(8) == 0) {
          client.send(Operation.READ, have, length);
          if (random.nextBoolean()) {
            rig.awaitPosition(have + length);
          }
          client.hangUp();
          client = rig.connect();
        }
        read(client, have, have + length);
        have += length;
      }
      client.disconnect();
      assertThat(rig.position()).isEqualTo(SIZE);
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.failure()).contains("were sent to a client that did not say goodbye");
    }
  }

  @Test
  void aStreamThatIsKeptAsAWholeIsCompletedByItsSecondReader() throws Exception {
    try (Rig rig = rig(SIZE)) {
      TestClient cut = rig.connect();
      read(cut, 0, 5 * MIB);
      cut.hangUp();
      TestClient next = rig.connect();
      read(next, 0, SIZE);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aProbeTakesNoMemoryForIt() throws Exception {
    try (Rig rig = rig(4 * MIB)) {
      TestClient probe = rig.connect();
      read(probe, 0, 4096);
      assertThat(NativeBuffer.bytesInUse()).isEqualTo(4096);
      assertThat(rig.memory.used()).isZero();
      read(probe, 4096, 200_000);
      assertThat(rig.memory.used()).isEqualTo(4 * MIB);
      rig.stream.cancel();
      assertThat(rig.memory.used()).isZero();
    }
  }

  @Test
  void whatIsKeptIsShown() throws Exception {
    try (Rig rig = rig(KEPT)) {
      TestClient client = rig.connect();
      read(client, 0, MIB);
      assertThat(rig.map(0, 2 * MIB, 10))
          .extracting(StreamExtent::content, StreamExtent::length)
          .containsExactly(
              tuple(Content.KEPT, (long) Rig.HEAD),
              tuple(Content.GONE, (long) MIB - KEPT - Rig.HEAD),
              tuple(Content.KEPT, (long) KEPT),
              tuple(Content.AHEAD, (long) MIB));
    }
  }

  @Test
  void aClientThatCameTooLateUsesNothingUp() throws Exception {
    try (Rig rig = rig(0)) {
      TestClient cut = rig.connect();
      read(cut, 0, MIB);
      cut.hangUp();
      TestClient late = rig.connect();
      read(late, 0, Rig.HEAD); // as a probe does
      assertThat(late.tryRead(Rig.HEAD, 1000)).isEqualTo(Status.REFUSED);
      assertThat(late.tryRead(MIB, MIB)).isEqualTo(Status.REFUSED);
      assertThat(late.tryRead(MIB + 1000, 1000)).isEqualTo(Status.REFUSED);
      read(late, 0, 512);
      assertThat(rig.position()).isEqualTo(MIB);
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      late.disconnect();

      TestClient next = rig.connect();
      read(next, MIB, SIZE);
      assertThat(rig.position()).isEqualTo(SIZE);
    }
  }

  @Test
  void aClientThatOnlyReadsAgainWhatItHadGoesOn() throws Exception {
    try (Rig rig = rig(0)) {
      TestClient client = rig.connect();
      read(client, 0, MIB);
      assertThat(client.tryRead(100_000, 1000)).isEqualTo(Status.REFUSED);
      read(client, MIB, SIZE);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void theFailureNamesTheNextClientsMistakeToo() throws Exception {
    try (Rig rig = rig(KEPT)) {
      TestClient cut = rig.connect();
      read(cut, 0, MIB);
      cut.hangUp();
      TestClient late = rig.connect();
      assertThat(late.tryRead(100_000, 1000)).isEqualTo(Status.REFUSED);
      assertThat(late.tryRead(200_000, 1000)).isEqualTo(Status.REFUSED);
      late.disconnect();
      assertThat(rig.failure())
          .startsWith("the client closed its connection at position 1048576; ")
          .endsWith(
              "; since then a client was refused: a read at 100000 is below the position,"
                  + " 1048576, and those bytes are not kept any more; nothing below 748576 is kept,"
                  + " except the first 65536 bytes");

      TestClient next = rig.connect();
      read(next, MIB, 2 * MIB);
      next.hangUp();
      assertThat(rig.failure()).doesNotContain("refused");
    }
  }
}
