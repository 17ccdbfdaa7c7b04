package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients get out of a read stream. */
@Timeout(30)
class ReadStreamTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  static Stream<Arguments> paths() {
    return WriteStreamTest.paths();
  }

  private static Rig rig(Far far, Payload payload, long size, long window) throws IOException {
    return new Rig(Direction.READ, far, payload, Rig.settings(size, window));
  }

  private static Future<Object> gives(Rig rig, byte[] data) {
    return rig.peerWrites(
        out -> {
          out.write(data);
          return data;
        });
  }

  @ParameterizedTest
  @MethodSource("paths")
  void bytesReadInOrderAreWhatThePeerGave(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(5 * MIB + 512);
    try (Rig rig = rig(far, payload, data.length, MIB)) {
      Future<Object> peer = gives(rig, data);
      TestClient client = rig.connect();
      int step = 1;
      for (int at = 0; at < data.length; step = Math.min(3 * step, MIB)) {
        int end = Math.min(at + step, data.length);
        assertThat(client.read(at, end - at)).isEqualTo(Bytes.part(data, at, end));
        at = end;
      }
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(rig.position()).isEqualTo(data.length);
      peer.get();
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  @Slow("Reads from each kind of endpoint what no pipe holds.")
  void aReadOf32MebibytesOverflowsThePrivatePipe(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(33 * MIB);
    try (Rig rig = rig(far, payload, data.length, MIB)) {
      gives(rig, data);
      TestClient client = rig.connect();
      assertThat(client.read(0, 100)).isEqualTo(Bytes.part(data, 0, 100));
      byte[] rest = client.read(100, 32 * MIB);
      assertThat(Arrays.equals(rest, Bytes.part(data, 100, 32 * MIB + 100))).isTrue();
      rest = client.read(32 * MIB + 100, MIB - 100);
      assertThat(Arrays.equals(rest, Bytes.part(data, 32 * MIB + 100, data.length))).isTrue();
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void inputInSmallPiecesOverflowsThePrivatePipeEarly(Far far, Payload payload) throws Exception {
    // Each piece takes a slot of the pipe, if it comes from a socket: 256 slots are soon full.
    byte[] data = Bytes.random(MIB);
    try (Rig rig = rig(far, payload, data.length, MIB)) {
      rig.peerWrites(
          out -> {
            for (int at = 0; at < data.length; at += 100) {
              out.write(data, at, Math.min(100, data.length - at));
            }
            return data;
          });
      TestClient client = rig.connect();
      for (int at = 0; at < data.length; at += MIB / 4) {
        assertThat(client.read(at, MIB / 4)).isEqualTo(Bytes.part(data, at, at + MIB / 4));
      }
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 513, 65_535, 65_536, 65_537, 131_073})
  void theLastSectorIsPaddedWithZeroes(int size) throws Exception {
    int advertised = (size + 511) / 512 * 512;
    byte[] data = Bytes.random(size);
    try (Rig rig = Rig.reading(Rig.settings(size, MIB))) {
      assertThat(rig.stream.advertisedSize()).isEqualTo(advertised);
      gives(rig, data);
      TestClient client = rig.connect();
      assertThat(client.read(0, advertised)).isEqualTo(Arrays.copyOf(data, advertised));
      assertThat(client.read(size, advertised - size)).isEqualTo(new byte[advertised - size]);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void inputShorterThanTheSizeRefusesTheClientAndFails(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(150_000);
    try (Rig rig = rig(far, payload, 200_000, MIB)) {
      gives(rig, data);
      TestClient client = rig.connect();
      assertThat(client.read(0, 100_000)).isEqualTo(Bytes.part(data, 0, 100_000));
      assertThat(client.tryRead(100_000, 100_000)).isEqualTo(Status.ENDED);
      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
      assertThat(rig.failure())
          .isEqualTo("the input ended after 150000 of 200000 bytes at position 100000");
      assertThat(client.tryRead(0, 512)).isEqualTo(Status.ENDED);
    }
  }

  @Test
  void noInputAtAllIsTooShortAsWell() throws Exception {
    try (Rig rig = Rig.reading(Rig.settings(512, MIB))) {
      gives(rig, new byte[0]);
      TestClient client = rig.connect();
      assertThat(client.tryRead(0, 512)).isEqualTo(Status.ENDED);
      assertThat(rig.failure()).startsWith("the input ended after 0 of 512 bytes");
    }
  }

  @Test
  void inputLongerThanTheSizeIsCutWhereThatIsAccepted() throws Exception {
    byte[] data = Bytes.random(4 * MIB);
    Assurances accepted = new Assurances(false, false, false, true);
    try (Rig rig = Rig.reading(Rig.settings(100_000, MIB).withAssurances(accepted))) {
      Future<Object> peer = gives(rig, data);
      TestClient client = rig.connect();
      assertThat(client.read(0, 100_000)).isEqualTo(Bytes.part(data, 0, 100_000));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(peer::get)
          .withMessageContaining("Broken pipe");
    }
  }

  @Test
  void aPeerThatTakesItsTimeIsNotAtItsEnd() throws Exception {
    byte[] data = Bytes.random(200_000);
    CountDownLatch go = new CountDownLatch(1);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      TestClient client = rig.connect();
      client.send(Operation.READ, 0, 100_000);
      Rig.awaitWaitIn("awaitEndpoint"); // there is no writer yet
      rig.peerWrites(
          out -> {
            out.write(data, 0, 50_000);
            assertThat(go.await(15, TimeUnit.SECONDS)).isTrue();
            out.write(data, 50_000, 150_000);
            return data;
          });
      go.countDown();
      assertThat(client.status()).isEqualTo(Status.OK);
      assertThat(client.receive(100_000).array()).isEqualTo(Bytes.part(data, 0, 100_000));
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void withoutASizeTheEndOfTheInputIsTheEnd(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(150_001);
    try (Rig rig = rig(far, payload, -1, MIB)) {
      gives(rig, data);
      TestClient client = rig.connect();
      assertThat(client.read(0, 150_000)).isEqualTo(Bytes.part(data, 0, 150_000));
      assertThat(client.tryRead(150_000, 512)).isEqualTo(Status.REFUSED);
      assertThat(client.read(150_000, 1)).isEqualTo(Bytes.part(data, 150_000, 150_001));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void withoutASizeAGoodbyeWaitsForTheEndOfTheInput() throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB))) {
      rig.peerWrites(
          out -> {
            out.write(Bytes.random(100_000));
            return close.await(15, TimeUnit.SECONDS);
          });
      TestClient client = rig.connect();
      client.read(0, 100_000);
      client.send(Operation.DISCONNECT, 0, 0);
      Rig.awaitWaitIn("doLeave");
      close.countDown();
      rig.awaitState(StreamState.COMPLETED);
    }
  }

  @Test
  void aClientThatLeavesInputBehindCompletesNothing() throws Exception {
    byte[] data = Bytes.random(200_000);
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB))) {
      gives(rig, data);
      TestClient client = rig.connect();
      client.read(0, 100_000);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      TestClient next = rig.connect();
      assertThat(next.read(100_000, 100_000)).isEqualTo(Bytes.part(data, 100_000, 200_000));
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aProbeOfTheHeadConsumesNothing() throws Exception {
    byte[] data = Bytes.random(200_000);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient probe = rig.connect();
      assertThat(probe.read(0, 512)).isEqualTo(Bytes.part(data, 0, 512));
      assertThat(probe.read(4096, 512)).isEqualTo(Bytes.part(data, 4096, 4608));
      assertThat(probe.read(0, 8192)).isEqualTo(Bytes.part(data, 0, 8192));
      probe.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      TestClient client = rig.connect();
      assertThat(client.read(0, 512)).isEqualTo(Bytes.part(data, 0, 512));
      assertThat(client.read(0, 200_000)).isEqualTo(data);
      assertThat(client.read(65_000, 536)).isEqualTo(Bytes.part(data, 65_000, 65_536));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void readsOutOfOrderWithinTheWindowAreServed() throws Exception {
    byte[] data = Bytes.random(2 * MIB);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient client = rig.connect();
      for (int group = 0; group < 2 * MIB; group += MIB / 2) {
        for (int at = group + MIB / 2; at > group; at -= MIB / 8) {
          int from = at - MIB / 8;
          assertThat(client.read(from, MIB / 8)).isEqualTo(Bytes.part(data, from, at));
        }
      }
      assertThat(rig.position()).isEqualTo(data.length);
      await().until(() -> NativeBuffer.bytesInUse() == Rig.HEAD);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void whatIsWithinTheWindowIsKeptEvenIfWhatWasReadOfItIsAPart() throws Exception {
    byte[] data = Bytes.random(300_000);
    try (Rig rig = Rig.reading(Rig.settings(data.length, 100_000))) {
      gives(rig, data);
      TestClient client = rig.connect();
      client.read(0, 100_000);
      client.read(190_000, 10_000);
      client.read(100_000, 80_000); // of what was passed over only the end is unread
      client.read(270_000, 30_000);
      assertThat(client.read(180_000, 10_000)).isEqualTo(Bytes.part(data, 180_000, 190_000));
      assertThat(client.read(200_000, 70_000)).isEqualTo(Bytes.part(data, 200_000, 270_000));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void whatTheWindowCouldNotKeepIsRefusedAndTheStreamNotComplete() throws Exception {
    byte[] data = Bytes.random(4 * MIB);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient client = rig.connect();
      client.read(0, MIB);
      client.read(2 * MIB, MIB / 2); // passes over the second MiB
      client.read(3 * MIB, MIB); // passes over half a MiB more
      assertThat(client.tryRead(MIB, 512)).isEqualTo(Status.REFUSED);
      assertThat(client.read(2 * MIB - 100_000, 100_000))
          .isEqualTo(Bytes.part(data, 2 * MIB - 100_000, 2 * MIB));
      assertThat(client.tryRead(0, MIB)).isEqualTo(Status.REFUSED);
      assertThat(client.read(0, 65_536)).isEqualTo(Bytes.part(data, 0, 65_536));
      assertThat(rig.position()).isEqualTo(data.length);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void aReadFarAheadIsRefusedAndConsumesNothing() throws Exception {
    byte[] data = Bytes.random(200_000);
    try (Rig rig = Rig.reading(Rig.settings(100L * MIB, MIB))) {
      gives(rig, data);
      TestClient client = rig.connect();
      assertThat(client.tryRead(50L * MIB, 512)).isEqualTo(Status.REFUSED);
      assertThat(client.tryRead(100L * MIB - 512, 512)).isEqualTo(Status.REFUSED);
      assertThat(rig.position()).isZero();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      assertThat(client.read(0, 200_000)).isEqualTo(data);
    }
  }

  @Test
  void theMemoryOfWhatIsPassedOverIsBounded() throws Exception {
    byte[] data = Bytes.random(16 * MIB);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient client = rig.connect();
      for (int at = MIB; at < data.length; at += MIB) {
        assertThat(client.read(at, 512)).isEqualTo(Bytes.part(data, at, at + 512));
        assertThat(NativeBuffer.bytesInUse()).isLessThan(2 * MIB);
      }
    }
  }

  @Test
  void writesAreRefusedAndAFlushIsNothing() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient client = rig.connect();
      assertThat(client.tryWrite(0, new byte[70_000])).isEqualTo(Status.REFUSED);
      assertThat(client.request(Operation.ZEROES, 0, 512)).isEqualTo(Status.REFUSED);
      assertThat(client.request(Operation.TRIM, 0, 512)).isEqualTo(Status.REFUSED);
      client.flush();
      assertThat(client.read(0, 100_000)).isEqualTo(data);
    }
  }

  @Test
  void aReadAfterTheEndIsRefused() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient bystander = rig.connect();
      TestClient client = rig.connect();
      client.read(0, 100_000);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(bystander.tryRead(0, 512)).isEqualTo(Status.REFUSED);
      assertThat(bystander.tryRead(99_999, 1)).isEqualTo(Status.REFUSED);
      bystander.disconnect();
    }
  }

  @Test
  void severalClientsShareTheStream() throws Exception {
    byte[] data = Bytes.random(MIB);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient one = rig.connect();
      TestClient two = rig.connect();
      for (int at = 0; at < data.length; at += MIB / 8) {
        TestClient client = at % (MIB / 4) == 0 ? one : two;
        assertThat(client.read(at, MIB / 8)).isEqualTo(Bytes.part(data, at, at + MIB / 8));
      }
      one.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      two.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aClientThatSaidGoodbyeMayBeFollowedByAnother() throws Exception {
    byte[] data = Bytes.random(300_000);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient first = rig.connect();
      first.read(0, 100_000);
      first.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      TestClient next = rig.connect();
      assertThat(next.read(100_000, 200_000)).isEqualTo(Bytes.part(data, 100_000, 300_000));
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void afterAClientThatLeftInItsReplyAnotherGetsTheRightBytesButNoCompletion(
      Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(8 * MIB);
    try (Rig rig = rig(far, payload, data.length, MIB)) {
      gives(rig, data);
      TestClient lost = rig.connect();
      lost.read(0, MIB);
      lost.send(Operation.READ, MIB, 4 * MIB);
      Rig.awaitWaitIn("serve");
      await().until(() -> rig.position() > MIB);
      lost.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      long position = rig.position();
      assertThat(position).isBetween((long) MIB, 5L * MIB - 1);

      TestClient late = rig.connect();
      assertThat(late.tryRead(MIB, 512)).isEqualTo(Status.REFUSED);
      late.disconnect();
      TestClient next = rig.connect();
      for (long at = position; at < data.length; ) {
        int length = (int) Math.min(MIB, data.length - at);
        assertThat(next.read(at, length)).isEqualTo(Bytes.part(data, at, at + length));
        at += length;
      }
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @ParameterizedTest
  @EnumSource(Payload.class)
  void aClientThatDidNotReadItsLastReplyCompletesNothing(Payload payload) throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = rig(Far.FIFO, payload, data.length, MIB)) {
      gives(rig, data);
      TestClient client = rig.connect();
      client.read(0, 65_536);
      client.send(Operation.READ, 65_536, 34_464);
      await().until(() -> rig.position() == data.length);
      Rig.awaitWaitIn("awaitRequest");
      client.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      TestClient next = rig.connect();
      next.read(0, 512);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void aLostProbeDoesNotKeepAStreamFromBeingComplete() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      gives(rig, data);
      TestClient probe = rig.connect();
      probe.send(Operation.READ, 0, 8192);
      await().until(() -> rig.position() == 8192);
      Rig.awaitWaitIn("awaitRequest");
      probe.hangUp();
      TestClient client = rig.connect();
      assertThat(client.read(0, 100_000)).isEqualTo(data);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aClientThatLeavesWhileItWaitsForInputLosesNoneOfIt() throws Exception {
    byte[] data = Bytes.random(300_000);
    CountDownLatch go = new CountDownLatch(1);
    try (Rig rig = Rig.reading(Rig.settings(data.length, MIB))) {
      rig.peerWrites(
          (OutputStream out) -> {
            out.write(data, 0, 150_000);
            assertThat(go.await(15, TimeUnit.SECONDS)).isTrue();
            out.write(data, 150_000, 150_000);
            return data;
          });
      TestClient first = rig.connect();
      first.read(0, 100_000);
      first.disconnect();
      TestClient gone = rig.connect();
      gone.send(Operation.READ, 100_000, 200_000);
      Rig.awaitWaitIn("awaitEndpoint");
      gone.hangUp();
      assertThat(rig.position()).isEqualTo(100_000);
      go.countDown();
      TestClient next = rig.connect();
      assertThat(next.read(100_000, 200_000)).isEqualTo(Bytes.part(data, 100_000, 300_000));
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }
}
