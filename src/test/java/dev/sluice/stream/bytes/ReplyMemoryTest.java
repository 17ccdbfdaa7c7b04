package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a read takes of memory that is longer than a pipe, and whose reply nobody reads. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReplyMemoryTest {

  private static final int MIB = 1 << 20;
  private static final int MOST = 32 * MIB;

  /** More than the head, and less than anything that a pipe could not hold. */
  private static final long LITTLE = 512 * 1024;

  private static final Duration NEVER = Duration.ZERO;

  private static final byte[] DATA = Bytes.random(MOST + MIB);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final long before = NativeBuffer.bytesInUse();

  private long taken() {
    return NativeBuffer.bytesInUse() - before;
  }

  private void feed(Rig rig) {
    rig.peerWrites(this::writeAll);
  }

  private boolean writeAll(OutputStream out) throws IOException {
    out.write(DATA);
    return true;
  }

  @ParameterizedTest
  @CsvSource({
    "FIFO, SPLICED, false",
    "FIFO, COPIED, false",
    "SOCKET, SPLICED, false",
    "FIFO, SPLICED, true",
    "SOCKET, COPIED, true"
  })
  void withASizeItTakesNoMemory(Far far, Payload payload, boolean copy) throws Exception {
    StreamSettings settings = Rig.settings(DATA.length, MIB).withCopy(copy);
    try (Rig rig = new Rig(Direction.READ, far, payload, settings)) {
      feed(rig);
      TestClient client = rig.connect();

      client.send(Operation.READ, 0, MOST);
      Rig.awaitWaitIn("awaitClient");
      assertThat(taken()).isLessThan(LITTLE);

      assertThat(client.status()).isEqualTo(Status.OK);
      assertThat(client.receive(MOST).array()).isEqualTo(Bytes.part(DATA, 0, MOST));
      assertThat(client.read(MOST, MIB)).isEqualTo(Bytes.part(DATA, MOST, DATA.length));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  /** The input may end within it, so all of it has to be there before the client is told. */
  @Test
  void withoutASizeItTakesWindowMemory() throws Exception {
    WindowMemory memory = new WindowMemory(64L * MIB);
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB), memory)) {
      feed(rig);
      TestClient client = rig.connect();

      client.send(Operation.READ, 0, MOST);
      Rig.awaitWaitIn("awaitClient");
      assertThat(memory.used()).isGreaterThan(16L * MIB).isLessThanOrEqualTo(MOST);
      assertThat(taken()).isLessThan(memory.used() + LITTLE);

      assertThat(client.status()).isEqualTo(Status.OK);
      assertThat(client.receive(MOST).array()).isEqualTo(Bytes.part(DATA, 0, MOST));
      await().until(() -> memory.used() < LITTLE);
    }
    assertThat(memory.used()).isZero();
  }

  /** It is the stream's, so it counts for as long as somebody may go on with it. */
  @Test
  void withoutASizeWhatAClientLeavesIsCountedUntilAnotherHasIt() throws Exception {
    WindowMemory memory = new WindowMemory(64L * MIB);
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB), memory)) {
      feed(rig);
      TestClient lost = rig.connect();
      lost.send(Operation.READ, 0, MOST);
      Rig.awaitWaitIn("awaitClient");
      lost.hangUp();
      assertThat(memory.used()).isGreaterThan(16L * MIB);
      assertThat(taken()).isBetween(memory.used(), memory.used() + LITTLE);

      int position = (int) rig.position();
      assertThat(rig.connect().read(position, MOST - position))
          .isEqualTo(Bytes.part(DATA, position, MOST));
      await().until(() -> memory.used() < LITTLE);
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void withoutASizeItWaitsForWindowMemoryAsAWriterDoes() throws Exception {
    WindowMemory memory = new WindowMemory(40L * MIB);
    try (Rig first = Rig.reading(Rig.settings(-1, MIB), memory);
        Rig second = Rig.reading(Rig.settings(-1, MIB), memory)) {
      feed(first);
      feed(second);
      TestClient stuck = first.connect();
      stuck.send(Operation.READ, 0, MOST);
      Rig.awaitWaitIn("awaitClient");
      TestClient client = second.connect();
      Future<byte[]> waiting = second.inThread(() -> client.read(0, MOST));
      Rig.awaitWaitIn("awaitMemory");
      assertThat(second.waitingFor()).startsWith("window memory");
      assertThat(second.tally.waiting(WaitCause.WINDOW_MEMORY)).isEqualTo(1);

      first.stream.cancel();

      assertThat(waiting.get()).isEqualTo(Bytes.part(DATA, 0, MOST));
    }
    assertThat(memory.used()).isZero();
  }

  /** What it read of the first piece needs no memory any more. */
  @Test
  void afterAPartOfWhatAClientLeftThereIsMemoryForTheLongestRead() throws Exception {
    WindowMemory memory = new WindowMemory(8L * MIB);
    StreamSettings settings = StreamSettings.of(OptionalLong.empty(), 0, 0, Timeouts.NONE);
    try (Rig rig = Rig.reading(settings, memory)) {
      feed(rig);
      TestClient lost = rig.connect();
      lost.send(Operation.READ, 0, 4 * MIB);
      Rig.awaitWaitIn("awaitClient");
      lost.hangUp();
      int from = (int) rig.position();
      TestClient next = rig.connect();
      int at = 4 * MIB - 100_000;
      assertThat(next.read(from, at - from)).isEqualTo(Bytes.part(DATA, from, at));
      int longest = (int) (memory.limit() - settings.mostMemory());

      assertThat(next.read(at, longest)).isEqualTo(Bytes.part(DATA, at, at + longest));
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void whileOneWaitsForMemoryAnotherReadsWhatThePipeHolds() throws Exception {
    WindowMemory memory = new WindowMemory(40L * MIB);
    try (Rig others = Rig.reading(Rig.settings(-1, MIB), memory);
        Rig rig = Rig.reading(Rig.settings(-1, MIB), memory)) {
      feed(others);
      feed(rig);
      others.connect().send(Operation.READ, 0, MOST);
      Rig.awaitWaitIn("awaitClient");
      TestClient far = rig.connect();
      TestClient near = rig.connect();
      far.send(Operation.READ, 0, MOST);
      Rig.awaitWaitIn("awaitMemory");

      assertThat(near.read(0, 100_000)).isEqualTo(Bytes.part(DATA, 0, 100_000));
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void whatThereCanBeNoMemoryForIsRefused() throws Exception {
    WindowMemory memory = new WindowMemory(4L * MIB);
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB), memory)) {
      feed(rig);
      TestClient client = rig.connect();

      assertThat(client.tryRead(0, MOST)).isEqualTo(Status.REFUSED);

      assertThat(client.read(0, 3 * MIB)).isEqualTo(Bytes.part(DATA, 0, 3 * MIB));
    }
  }

  /** A part of the head at a time, and not all of it behind the pipe before. */
  @Test
  void aLargeHeadIsTakenIntoMemoryOnce() throws Exception {
    int head = 16 * MIB;
    StreamSettings settings =
        StreamSettings.of(OptionalLong.of(DATA.length), 0, head, Timeouts.NONE);
    try (Rig rig = Rig.reading(settings)) {
      feed(rig);
      TestClient client = rig.connect();

      client.send(Operation.READ, head - 1, MOST - head);
      Rig.awaitWaitIn("awaitClient");

      assertThat(taken()).isGreaterThanOrEqualTo(head).isLessThan(head + LITTLE);
    }
  }

  /** The reply has begun, so that it cannot be told any more. */
  @Test
  void aReplyThatBreaksOffEndsTheConnectionAndProvesNothing() throws Exception {
    try (Rig rig = Rig.reading(Rig.settings(DATA.length, MIB))) {
      rig.peerWrites(
          out -> {
            out.write(DATA, 0, MOST / 2);
            return true;
          });
      TestClient client = rig.connect();
      client.send(Operation.READ, 0, MOST);
      client.send(Operation.DISCONNECT, 0, 0);
      assertThat(client.status()).isEqualTo(Status.OK);

      assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.receive(MOST));

      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
      assertThat(rig.failure()).startsWith("the input ended after 16777216 of ");
    }
  }

  /** A pipe has a page for each piece, so they are put together rather than announced. */
  @Test
  void aShortReplyOfSmallPiecesIsWholeBeforeItIsAnnounced() throws Exception {
    int size = 60_000;
    StreamSettings settings = Rig.settings(size, MIB, 0, NEVER, NEVER, NEVER);
    try (Rig rig = new Rig(Direction.READ, Far.SOCKET, Payload.SPLICED, settings)) {
      rig.peerWrites(
          out -> {
            for (int at = 0; at < size - 100; at += 50) {
              out.write(DATA, at, 50);
            }
            return true;
          });
      TestClient client = rig.connect();

      assertThat(client.tryRead(0, size)).isEqualTo(Status.ENDED);

      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
    }
  }

  /** As far as a pipe goes, the client is told properly. */
  @Test
  void aShortReplyIsWholeBeforeItIsAnnounced() throws Exception {
    int size = 200_000;
    try (Rig rig = Rig.reading(Rig.settings(size, MIB))) {
      rig.peerWrites(
          out -> {
            out.write(DATA, 0, size - 1);
            return true;
          });
      TestClient client = rig.connect();

      assertThat(client.tryRead(0, size)).isEqualTo(Status.ENDED);

      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
    }
  }

  /** Whoever goes on has what was in the pipe, and nothing twice. */
  @Test
  void afterAReplyThatNobodyReadAnotherGoesOnWhereItEnded() throws Exception {
    try (Rig rig = Rig.reading(Rig.settings(DATA.length, MIB))) {
      feed(rig);
      TestClient lost = rig.connect();
      lost.send(Operation.READ, 0, MOST);
      Rig.awaitWaitIn("awaitClient");
      lost.hangUp();
      assertThat(taken()).isLessThan(LITTLE);
      int position = (int) rig.position();

      TestClient next = rig.connect();
      assertThat(next.read(position, DATA.length - position))
          .isEqualTo(Bytes.part(DATA, position, DATA.length));
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  /** A pipe has a page for each piece at least, so small ones are put together. */
  @Test
  void manySmallPiecesFillNoPipe() throws Exception {
    int size = 300_000;
    StreamSettings settings = Rig.settings(size, 0);
    try (Rig rig = new Rig(Direction.READ, Far.SOCKET, Payload.SPLICED, settings)) {
      rig.peerWrites(
          out -> {
            for (int at = 0; at < size; at += 100) {
              out.write(DATA, at, 100);
            }
            return true;
          });
      TestClient client = rig.connect();
      assertThat(client.read(0, size)).isEqualTo(Bytes.part(DATA, 0, size));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }
}
