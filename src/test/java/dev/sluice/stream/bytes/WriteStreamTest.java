package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out of a write stream that ends well. */
@Timeout(30)
class WriteStreamTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  static Stream<Arguments> paths() {
    return Stream.of(Far.values())
        .flatMap(far -> Stream.of(Payload.values()).map(payload -> Arguments.of(far, payload)));
  }

  private static Rig rig(Far far, Payload payload, long size, long window) throws IOException {
    return new Rig(Direction.WRITE, far, payload, Rig.settings(size, window));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void bytesWrittenInOrderComeOut(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(5 * MIB + 512);
    try (Rig rig = rig(far, payload, data.length, MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      int step = 1;
      for (int at = 0; at < data.length; step = Math.min(3 * step, MIB)) {
        int end = Math.min(at + step, data.length);
        client.write(at, Bytes.part(data, at, end));
        at = end;
      }
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
      client.disconnect();
      assertThat(rig.changes)
          .extracting(StreamStatus::state)
          .containsExactly(StreamState.STREAMING, StreamState.COMPLETED);
      assertThat(rig.position()).isEqualTo(data.length);
      assertThat(rig.stream.status().failure()).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void bytesWrittenBackwardsWithinTheWindowComeOutInOrder(Far far, Payload payload)
      throws Exception {
    byte[] data = Bytes.random(2 * MIB);
    try (Rig rig = rig(far, payload, data.length, 2 * MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      for (int at = data.length; at > 0; at -= 100_000) {
        int from = Math.max(0, at - 100_000);
        client.write(from, Bytes.part(data, from, at));
      }
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aPayloadLargerThanThePipeAndTheWindowComesOut(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(32 * MIB + 4096);
    try (Rig rig = rig(far, payload, data.length, MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 4096));
      client.write(4096, Bytes.part(data, 4096, data.length));
      assertThat(Arrays.equals(peer.get(), data)).isTrue();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 513, 65_535, 65_536, 65_537, 131_073})
  void aDeclaredSizeIsRoundedUpForClientsAndCutForThePeer(int size) throws Exception {
    byte[] data = Bytes.random((size + 511) / 512 * 512);
    try (Rig rig = Rig.writing(Rig.settings(size, MIB))) {
      assertThat(rig.stream.advertisedSize()).isEqualTo(data.length);
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      int last = data.length - 512;
      if (last > 0) {
        client.write(0, Bytes.part(data, 0, last));
      }
      client.write(last, Bytes.part(data, last, data.length));
      client.flush();
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(Bytes.part(data, 0, size));
    }
  }

  @Test
  void aWriteOfNothingButTheLastSectorsPaddingIsAcceptedAndDropped() throws Exception {
    byte[] data = Bytes.random(70_000);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(data.length, new byte[] {1, 2, 3});
      client.zeroes(data.length + 1, 5);
      client.trim(data.length + 1, 5);
      assertThat(client.read(data.length, 10)).containsOnly(0);
      client.write(0, data);
      client.write(data.length + 3, new byte[] {1, 2, 3});
      assertThat(peer.get()).isEqualTo(data);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void withoutASizeAnOrderlyGoodbyeIsTheEnd(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(MIB + 1);
    try (Rig rig = rig(far, payload, -1, MIB)) {
      assertThat(rig.stream.advertisedSize()).isEqualTo(StreamSettings.UNKNOWN_SIZE);
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, MIB));
      client.write(MIB, Bytes.part(data, MIB, data.length));
      client.flush();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void whoIsAttachedMayGoOnWithAStreamWithoutASizeAfterAnothersGoodbye() throws Exception {
    byte[] data = Bytes.random(101_000);
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient other = rig.connect();
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 100_000));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      other.write(100_000, Bytes.part(data, 100_000, 101_000));
      other.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aWriteAfterTheEndOfAStreamIsRefused() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(100_000, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient bystander = rig.connect();
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(bystander.tryWrite(0, new byte[1000])).isEqualTo(Status.REFUSED);
      assertThat(bystander.tryWrite(99_000, new byte[1000])).isEqualTo(Status.REFUSED);
      assertThat(bystander.request(Operation.ZEROES, 50_000, 10)).isEqualTo(Status.REFUSED);
      bystander.flush();
      bystander.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).hasSize(100_000);
    }
  }

  @Test
  void theHeadCanBeRewrittenAfterAFlushAndByAnotherClient() throws Exception {
    byte[] data = Bytes.random(200_000);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient probe = rig.connect();
      probe.zeroes(0, 512);
      probe.flush();
      probe.write(100, new byte[] {1, 2, 3});
      probe.write(65_000, new byte[] {4, 5, 6});
      probe.flush();
      probe.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      assertThat(rig.position()).isZero();

      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 1_000));
      client.write(0, Bytes.part(data, 0, 65_536));
      client.write(65_536, Bytes.part(data, 65_536, data.length));
      assertThat(peer.get()).isEqualTo(data);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void theProbeOfADiskOfOneSectorIsNotItsEnd() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(512, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient probe = rig.connect();
      probe.zeroes(0, 512);
      probe.flush();
      probe.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      byte[] data = Bytes.random(512);
      TestClient client = rig.connect();
      client.write(0, data);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void withoutASizeAGoodbyeWithinTheHeadIsNotTheEnd() throws Exception {
    byte[] data = Bytes.random(Rig.HEAD + 1);
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient probe = rig.connect();
      probe.write(0, Bytes.random(Rig.HEAD));
      probe.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      TestClient client = rig.connect();
      client.write(0, data);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aClientThatWroteNothingEndsNothing() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient writer = rig.connect();
      writer.write(0, data);
      TestClient probe = rig.connect();
      assertThat(probe.read(100_000, 512)).containsOnly(0);
      probe.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      writer.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void theGoodbyeOfOneOfTwoWritersEndsNothing() throws Exception {
    byte[] data = Bytes.random(300_000);
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient one = rig.connect();
      TestClient two = rig.connect();
      one.write(0, Bytes.part(data, 0, 100_000));
      two.write(200_000, Bytes.part(data, 200_000, 300_000));
      one.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      two.write(100_000, Bytes.part(data, 100_000, 200_000));
      two.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aWriteBelowThePositionFailsAlone() throws Exception {
    byte[] data = Bytes.random(300_000);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 200_000));
      assertThat(client.tryWrite(199_999, new byte[1000])).isEqualTo(Status.REFUSED);
      assertThat(client.tryWrite(0, new byte[512])).isEqualTo(Status.REFUSED);
      assertThat(client.request(Operation.ZEROES, 0, 512)).isEqualTo(Status.REFUSED);
      client.trim(0, 512);
      client.write(200_000, Bytes.part(data, 200_000, 300_000));
      assertThat(client.tryWrite(0, new byte[512])).isEqualTo(Status.REFUSED);
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(peer).isNotDone();

      rig.stream.finish(Assurances.NONE);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void theGoodbyeOfAClientThatWasRefusedAWriteProvesNothing() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      assertThat(client.tryWrite(0, new byte[512])).isEqualTo(Status.REFUSED);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void theGoodbyeOfAClientThatWasRefusedAReadProvesNothing() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      assertThat(client.tryRead(0, 512)).isEqualTo(Status.REFUSED);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void nothingButZeroesIsTheEndAtTheGoodbyeOnly() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.zeroes(0, MIB);
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).hasSize(MIB).containsOnly(0);
    }
  }

  @Test
  void aDiskThatWasZeroedBeforeItsDataCameIsNotComplete() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.zeroes(0, MIB);
      assertThat(client.tryWrite(0, Bytes.random(1000))).isEqualTo(Status.REFUSED);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(peer.isDone()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  @Slow("Writes gibibytes to each kind of endpoint.")
  void zeroesOfManyGibibytesTakeNoMemory(Far far, Payload payload) throws Exception {
    long zeroes = 2L << 30;
    byte[] data = Bytes.random(100_000);
    long size = 2 * data.length + zeroes;
    try (Rig rig = rig(far, payload, size, MIB)) {
      Future<Long> peer = rig.peerReads(in -> zeroesBetween(in, data));
      TestClient client = rig.connect();
      client.write(0, data);
      client.write(size - data.length, data);
      client.zeroes(data.length, zeroes);
      assertThat(peer.get()).isEqualTo(zeroes);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  private static long zeroesBetween(InputStream in, byte[] data) throws IOException {
    assertThat(in.readNBytes(data.length)).isEqualTo(data);
    byte[] buffer = new byte[MIB];
    byte[] none = new byte[MIB];
    long count = 0;
    while (true) {
      int n = in.readNBytes(buffer, 0, MIB);
      int same = Arrays.mismatch(buffer, 0, n, none, 0, n);
      if (same < 0) {
        count += n;
        continue;
      }
      count += same;
      byte[] tail = Arrays.copyOf(Arrays.copyOfRange(buffer, same, n), data.length);
      int missing = data.length - (n - same);
      assertThat(in.readNBytes(tail, n - same, missing)).isEqualTo(missing);
      assertThat(tail).isEqualTo(data);
      assertThat(in.read()).isNegative();
      return count;
    }
  }

  @Test
  void aGapIsZeroesOnceTheClientSaysGoodbye() throws Exception {
    byte[] data = Bytes.random(400_000);
    Arrays.fill(data, 100_000, 300_000, (byte) 0);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 100_000));
      client.write(300_000, Bytes.part(data, 300_000, 400_000));
      assertThat(rig.position()).isEqualTo(100_000);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aGapLeftOutOfOrderIsZeroesOnceAClientThatDoesNotFlushSaysGoodbye() throws Exception {
    byte[] data = Bytes.random(400_000);
    Arrays.fill(data, 100_000, 300_000, (byte) 0);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(300_000, Bytes.part(data, 300_000, 400_000));
      client.write(0, Bytes.part(data, 0, 100_000));
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aFlushFillsNoGap() throws Exception {
    byte[] data = Bytes.random(400_000);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 100_000));
      client.write(300_000, Bytes.part(data, 300_000, 400_000));
      client.flush();
      assertThat(rig.position()).isEqualTo(100_000);
      client.write(100_000, Bytes.part(data, 100_000, 200_000));
      client.flush();
      client.write(200_000, Bytes.part(data, 200_000, 300_000));
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void theGoodbyeOfAClientThatFlushedDoesNotVouchForAGapLeftOutOfOrder() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(400_000, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(300_000, Bytes.random(100_000));
      client.write(0, Bytes.random(100_000));
      client.flush();
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.stream.status().failure())
          .isEqualTo("the client flushed and left a gap, which is at position 100000");
      assertThat(peer.isDone()).isFalse();
      rig.stream.finish(Assurances.PADDED_TAIL);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).hasSize(400_000);
    }
  }

  @Test
  void aGapThatAFullWindowFilledIsNotVouchedForEither() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, 100_000))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(200_000));
      client.write(300_000, Bytes.random(50_000));
      client.write(250_000, Bytes.random(50_000));
      client.write(350_000, Bytes.random(MIB - 350_000));
      assertThat(rig.position()).isEqualTo(MIB);
      client.flush();
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(peer.isDone()).isFalse();
    }
  }

  @Test
  void aFlushDeliversWhatWasWritten() throws Exception {
    byte[] data = Bytes.random(400_000);
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      CompletableFuture<byte[]> first = new CompletableFuture<>();
      rig.peerReads(
          in -> {
            first.complete(in.readNBytes(data.length));
            return in.readAllBytes();
          });
      TestClient client = rig.connect();
      client.write(0, data);
      client.flush();
      assertThat(first.get()).isEqualTo(data);
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
    }
  }

  @Test
  void zeroesAheadAreOverwrittenByDataAndTrimsChangeNothing() throws Exception {
    byte[] data = Bytes.random(500_000);
    Arrays.fill(data, 400_000, 500_000, (byte) 0);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.zeroes(200_000, 300_000);
      client.write(200_000, Bytes.part(data, 200_000, 300_000));
      client.trim(250_000, 10_000);
      client.write(300_000, Bytes.part(data, 300_000, 400_000));
      assertThat(client.read(200_000, 300_000)).isEqualTo(Bytes.part(data, 200_000, 500_000));
      client.write(0, Bytes.part(data, 0, 200_000));
      assertThat(peer.get()).isEqualTo(data);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aGoodbyeAfterNothingButTrimsCompletesNothing() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.trim(0, MIB);
      client.flush();
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      assertThat(rig.position()).isZero();
      assertThat(rig.stream.status().waitingFor()).isEqualTo("a client");
      assertThat(peer).isNotDone();
    }
  }

  @Test
  void aDiskThatIsTrimmedBeforeItIsWrittenComesOut() throws Exception {
    byte[] data = Bytes.random(MIB);
    try (Rig rig = Rig.writing(Rig.settings(data.length, 2 * MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.trim(0, MIB);
      client.write(0, Bytes.part(data, 0, 100_000));
      client.trim(0, MIB);
      client.write(100_000, Bytes.part(data, 100_000, MIB));
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aReadBelowThePositionIsRefusedAndOneAboveGivesWhatIsKept() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 50_000));
      assertThat(client.read(0, 50_000)).isEqualTo(Bytes.part(data, 0, 50_000));
      client.write(0, data);
      assertThat(client.tryRead(99_999, 10)).isEqualTo(Status.REFUSED);
      assertThat(client.read(100_000, 10)).containsOnly(0);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aClientKilledInItsPayloadIsFollowedByAnotherAtThePosition(Far far, Payload payload)
      throws Exception {
    byte[] data = Bytes.random(4 * MIB);
    try (Rig rig = rig(far, payload, data.length, MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient killed = rig.connect();
      killed.write(0, Bytes.part(data, 0, MIB));
      killed.write(2 * MIB, Bytes.part(data, 2 * MIB, 2 * MIB + 1000));
      killed.sendWrite(MIB, Bytes.part(data, MIB, 2 * MIB), 300_000);
      killed.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.position()).isBetween((long) MIB, MIB + 300_000L);

      TestClient next = rig.connect();
      next.write(rig.position(), Bytes.part(data, rig.position(), 3 * MIB));
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      next.write(3 * MIB, Bytes.part(data, 3 * MIB, 4 * MIB));
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aClientThatClosesItsConnectionBeforeThePeerHasReadAllHasStillWrittenAll() throws Exception {
    byte[] data = Bytes.random(100_000);
    CountDownLatch read = new CountDownLatch(1);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = readsLater(rig, read);
      TestClient client = rig.connect();
      client.sendWrite(0, data);
      Rig.awaitWaitIn("drain");
      client.close();
      read.countDown();
      assertThat(peer.get()).isEqualTo(data);
      rig.awaitState(StreamState.COMPLETED);
    }
  }

  @Test
  void aClientThatClosesItsConnectionAfterItsGoodbyeHasStillWrittenAll() throws Exception {
    byte[] data = new byte[16 * MIB];
    CountDownLatch read = new CountDownLatch(1);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = readsLater(rig, read);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 100_000));
      Arrays.fill(data, data.length - 512, data.length, (byte) 1);
      client.write(data.length - 512, Bytes.part(data, data.length - 512, data.length));
      client.send(Operation.DISCONNECT, 0, 0);
      client.close();
      Rig.awaitWaitIn("fillGap");
      read.countDown();
      assertThat(Arrays.equals(peer.get(), data)).isTrue();
      rig.awaitState(StreamState.COMPLETED);
    }
  }

  private static Future<byte[]> readsLater(Rig rig, CountDownLatch when) {
    return rig.peerReads(
        in -> {
          assertThat(when.await(15, TimeUnit.SECONDS)).isTrue();
          return in.readAllBytes();
        });
  }

  @Test
  void aBystanderDoesNotKeepTheEndOfTheFileFromThePeer() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 70_000));
      TestClient bystander = rig.connect();
      bystander.flush();
      Rig.awaitWaitIn("awaitRequest", 2); // for its next request, with an eye on the peer
      client.write(70_000, Bytes.part(data, 70_000, 100_000));
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
      bystander.flush();
      bystander.disconnect();
    }
  }
}
