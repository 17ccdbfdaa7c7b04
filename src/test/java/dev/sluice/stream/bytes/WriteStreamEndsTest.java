package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.Rig.Near;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How a write stream ends that does not end well. */
@Timeout(20)
class WriteStreamEndsTest {

  private static final int MIB = 1 << 20;
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONGER = Duration.ofMillis(500);
  private static final Duration NO_LIMIT = Duration.ZERO;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static Rig rig(Far far, Payload payload, StreamSettings settings) throws IOException {
    return new Rig(Direction.WRITE, far, payload, settings);
  }

  private static StreamSettings idle(long size) {
    return Rig.settings(size, MIB, NO_LIMIT, SHORT, NO_LIMIT);
  }

  private static StreamSettings resume(long size, Duration limit) {
    return Rig.settings(size, MIB, NO_LIMIT, NO_LIMIT, limit);
  }

  /** A peer that opens its end, and leaves when it is told to, having read nothing more. */
  private static Future<Integer> lazyPeer(Rig rig, int reads, CountDownLatch leave) {
    return rig.peerReads(
        in -> {
          int n = in.readNBytes(reads).length;
          assertThat(leave.await(15, TimeUnit.SECONDS)).isTrue();
          return n;
        });
  }

  private static void assertFailed(Rig rig, String reason) {
    rig.awaitState(StreamState.FAILED);
    assertThat(rig.failure()).contains(reason).endsWith("at position " + rig.position());
    assertThat(rig.stream.status().endedAt()).isNotNull();
    await() // the listener hears of it a little later
        .untilAsserted(
            () ->
                assertThat(rig.changes)
                    .extracting(StreamStatus::state)
                    .endsWith(StreamState.FAILED));
  }

  @Test
  void dataForAGapThatAFullWindowFilledFailsTheStream() throws Exception {
    byte[] data = Bytes.random(3 * MIB);
    try (Rig rig = Rig.writing(Rig.settings(data.length, 131_072))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 100_000));
      client.write(MIB, Bytes.part(data, MIB, MIB + 100_000));
      assertThat(rig.position()).isEqualTo(100_000);
      client.write(2 * MIB, Bytes.part(data, 2 * MIB, 2 * MIB + 100_000));
      assertThat(rig.position()).isEqualTo(MIB + 100_000);
      client.write(MIB + 100_000, Bytes.part(data, MIB + 100_000, 2 * MIB));
      assertThat(client.tryWrite(0, new byte[100])).isEqualTo(Status.REFUSED);
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);

      assertThat(client.tryWrite(500_000, Bytes.part(data, 500_000, 600_000)))
          .isEqualTo(Status.ENDED);
      assertFailed(rig, "offset 500000 came after the gap there had to be filled with zeroes");
      byte[] delivered = Bytes.part(data, 0, 2 * MIB + 100_000);
      Arrays.fill(delivered, 100_000, MIB, (byte) 0);
      assertThat(peer.get()).isEqualTo(delivered);
      assertThat(client.tryWrite(2 * MIB, new byte[100])).isEqualTo(Status.ENDED);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
    }
  }

  @Test
  @Slow("Sends 65,536 requests.")
  void aWindowOfManySmallRangesIsFullToo() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      for (int i = 0; i < 65_536; i++) {
        client.zeroes(MIB + 2 * i, 1);
      }
      assertThat(rig.position()).isZero();
      client.zeroes(2 * MIB, 1);
      assertThat(rig.position()).isEqualTo(MIB + 1);
      assertThat(client.tryWrite(0, new byte[1])).isEqualTo(Status.ENDED);
    }
  }

  @Test
  void dataForAGapThatAFullWindowFilledFailsTheStreamEvenAtItsEnd() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(200_000, 10_000, 0, NO_LIMIT, NO_LIMIT, NO_LIMIT))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(150_000, Bytes.random(50_000));
      assertThat(rig.position()).isEqualTo(200_000);
      assertThat(client.tryWrite(0, Bytes.random(150_000))).isEqualTo(Status.ENDED);
      assertFailed(rig, "offset 0 came after the gap");
    }
  }

  @Test
  void aGapThatNeverReachedThePeerIsStillOpen() throws Exception {
    byte[] data = Bytes.random(8 * MIB);
    CountDownLatch read = new CountDownLatch(1);
    try (Rig rig = Rig.writing(Rig.settings(data.length, 0))) {
      Future<byte[]> peer =
          rig.peerReads(
              in -> {
                assertThat(read.await(15, TimeUnit.SECONDS)).isTrue();
                return in.readAllBytes();
              });
      TestClient client = rig.connect();
      client.sendWrite(6 * MIB, Bytes.part(data, 0, MIB), 100);
      Rig.awaitWaitIn("fillGap");
      client.hangUp();
      long filled = rig.position();
      assertThat(filled).isLessThan(6 * MIB);
      Arrays.fill(data, 0, (int) filled, (byte) 0);

      read.countDown();
      TestClient next = rig.connect();
      next.write(filled, Bytes.part(data, filled, 7 * MIB));
      assertThat(next.tryWrite(filled + 10, new byte[100])).isEqualTo(Status.REFUSED);
      next.write(7 * MIB, Bytes.part(data, 7 * MIB, 8 * MIB));
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(peer.isDone()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aPeerThatLeavesBetweenTwoRequestsFailsTheStream(Far far) throws Exception {
    CountDownLatch leave = new CountDownLatch(1);
    try (Rig rig = rig(far, Payload.SPLICED, Rig.settings(-1, MIB))) {
      Future<Integer> peer = lazyPeer(rig, 100_000, leave);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      leave.countDown();
      assertThat(peer.get()).isEqualTo(100_000);
      assertFailed(rig, "the peer closed its end");
      assertThat(client.tryWrite(100_000, new byte[100])).isEqualTo(Status.ENDED);
    }
  }

  static Stream<Arguments> paths() {
    return WriteStreamTest.paths();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aPeerThatLeavesWhileItsPipeIsFullFailsTheStream(Far far, Payload payload) throws Exception {
    CountDownLatch leave = new CountDownLatch(1);
    try (Rig rig = rig(far, payload, Rig.settings(-1, MIB))) {
      lazyPeer(rig, 1000, leave);
      TestClient client = rig.connect();
      Future<Status> write = rig.inThread(() -> client.tryWrite(0, Bytes.random(16 * MIB)));
      Rig.awaitWaitIn("awaitEndpoint");
      leave.countDown();
      assertThat(write.get()).isEqualTo(Status.ENDED);
      assertFailed(rig, "the peer closed its end");
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aPeerThatLeavesBytesUnreadFailsTheStream(Far far) throws Exception {
    CountDownLatch leave = new CountDownLatch(1);
    try (Rig rig = rig(far, Payload.SPLICED, Rig.settings(100_000, MIB))) {
      lazyPeer(rig, 99_999, leave);
      TestClient client = rig.connect();
      Future<Status> write = rig.inThread(() -> client.tryWrite(0, Bytes.random(100_000)));
      Rig.awaitWaitIn("drain");
      assertThat(rig.position()).isEqualTo(100_000);
      leave.countDown();
      assertThat(write.get()).isEqualTo(Status.ENDED);
      assertFailed(rig, "left bytes unread");
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aPeerThatLeavesBytesUnreadFailsTheStreamAfterTheGoodbyeToo(Far far) throws Exception {
    CountDownLatch leave = new CountDownLatch(1);
    try (Rig rig = rig(far, Payload.SPLICED, Rig.settings(-1, MIB))) {
      lazyPeer(rig, 50_000, leave);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      client.send(Operation.DISCONNECT, 0, 0);
      client.close();
      Rig.awaitWaitIn("drain");
      leave.countDown();
      assertFailed(rig, "left bytes unread");
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aPeerThatLeavesAfterItsLastByteHasReadAll(Far far) throws Exception {
    try (Rig rig = rig(far, Payload.SPLICED, Rig.settings(100_000, MIB))) {
      Future<Integer> peer = rig.peerReads(in -> in.readNBytes(100_000).length);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      assertThat(peer.get()).isEqualTo(100_000);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aPeerThatNeverComesFailsTheStream() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB, SHORT, NO_LIMIT, NO_LIMIT))) {
      TestClient client = rig.connect();
      assertThat(client.tryWrite(0, Bytes.random(100_000))).isEqualTo(Status.ENDED);
      assertFailed(rig, "no peer opened the endpoint for 0.2s");
    }
  }

  @Test
  void aClientThatLeavesWhileThereIsNoPeerEndsNothing() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB))) {
      TestClient client = rig.connect();
      client.sendWrite(0, data);
      Rig.awaitWaitIn("open");
      client.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      rig.connect().write(0, data);
      assertThat(peer.get()).isEqualTo(data);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aClientThatStandsStillBetweenRequestsFailsTheStream() throws Exception {
    try (Rig rig = Rig.writing(idle(-1))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      assertFailed(rig, "no byte moved for 0.2s");
      assertThat(client.request(Operation.FLUSH, 0, 0)).isEqualTo(Status.ENDED);
    }
  }

  @Test
  void aBystanderAloneStandsStillToo() throws Exception {
    try (Rig rig = Rig.writing(idle(-1))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient bystander = rig.connect();
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      client.hangUp();
      assertFailed(rig, "no byte moved for 0.2s");
      assertThat(bystander.request(Operation.FLUSH, 0, 0)).isEqualTo(Status.ENDED);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aClientThatStandsStillInItsPayloadFailsTheStream(Far far, Payload payload) throws Exception {
    try (Rig rig = rig(far, payload, idle(-1))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.sendWrite(0, Bytes.random(200_000), 100_000);
      assertFailed(rig, "no byte moved for 0.2s");
      assertThat(rig.position()).isEqualTo(100_000);
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aClientThatSendsBytesOutOfBandStandsStill(Far far) throws Exception {
    // Linux calls the socket readable, and splice would block.
    StreamSettings settings = idle(-1);
    try (Rig rig = new Rig(Direction.WRITE, far, Payload.SPLICED, Near.TCP, settings)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      byte[] data = Bytes.random(200_000);
      TestClient client = rig.connect();
      client.sendWrite(0, data, 100_000);
      client.sendUrgent(1);
      client.sendAll(ByteBuffer.wrap(data, 100_000, 50_000));
      assertFailed(rig, "no byte moved for 0.2s");
      assertThat(peer.get()).isEqualTo(Bytes.part(data, 0, 150_000));
    }
  }

  @Test
  @Slow("Waits longer than the timeout that must not end it.")
  void payloadThatIsKeptIsMovementAsWell() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB, NO_LIMIT, LONGER, NO_LIMIT))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      client.sendWrite(200_000, new byte[500], 0);
      for (int i = 0; i < 5; i++) {
        await().during(LONGER.dividedBy(4)).until(() -> rig.state() == StreamState.STREAMING);
        client.sendAll(ByteBuffer.allocate(100));
      }
      assertThat(client.status()).isEqualTo(Status.OK);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aPeerThatStandsStillFailsTheStream(Far far, Payload payload) throws Exception {
    CountDownLatch leave = new CountDownLatch(1);
    try (Rig rig = rig(far, payload, idle(-1))) {
      lazyPeer(rig, 0, leave);
      TestClient client = rig.connect();
      Future<Status> write = rig.inThread(() -> client.tryWrite(0, Bytes.random(16 * MIB)));
      assertThat(write.get()).isEqualTo(Status.ENDED);
      assertFailed(rig, "no byte moved for 0.2s");
      leave.countDown();
    }
  }

  /** It takes one in each of the waits, after which the stream looks at what is unread. */
  @Test
  @Slow("Waits for a clock.")
  void aPeerThatTakesAByteNowAndThenOfAFullPipeDoesNotStandStill() throws Exception {
    byte[] data = Bytes.random(32 * MIB);
    Duration limit = Duration.ofSeconds(1); // between two bytes of the peer, on a busy machine too
    try (Rig rig = Rig.writing(Rig.settings(data.length, MIB, NO_LIMIT, limit, NO_LIMIT))) {
      Future<byte[]> peer =
          rig.peerReads(
              in -> {
                byte[] all = new byte[data.length];
                AtomicInteger taken = new AtomicInteger();
                Rig.awaitWaitIn("payload"); // the pipe is full
                await("three limits to pass")
                    .pollInterval(limit.dividedBy(50)) // a page is not read by then
                    .until(
                        () -> {
                          in.readNBytes(all, taken.getAndIncrement(), 1);
                          return rig.tally.waited(WaitCause.PEER)
                              >= limit.multipliedBy(3).toNanos();
                        });
                in.readNBytes(all, taken.get(), all.length - taken.get());
                assertThat(in.read()).isNegative();
                return all;
              });
      rig.connect().write(0, data);
      assertThat(peer.get()).isEqualTo(data);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aPeerThatStandsStillBeforeTheLastByteFailsTheStream(Far far) throws Exception {
    CountDownLatch leave = new CountDownLatch(1);
    try (Rig rig = rig(far, Payload.SPLICED, idle(100_000))) {
      lazyPeer(rig, 10, leave);
      TestClient client = rig.connect();
      assertThat(client.tryWrite(0, Bytes.random(100_000))).isEqualTo(Status.ENDED);
      assertFailed(rig, "no byte moved for 0.2s");
      leave.countDown();
    }
  }

  @Test
  void aClientThatReadsNoRepliesFailsAStartedStream() throws Exception {
    try (Rig rig = Rig.writing(idle(-1))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      Future<Void> flood =
          rig.inThread(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  client.send(Operation.FLUSH, 0, 0);
                }
                return null;
              });
      Rig.awaitWaitIn("send");
      assertFailed(rig, "no byte moved for 0.2s");
      await().until(() -> !client.isServed());
      client.close();
      await().until(flood::isDone);
    }
  }

  @Test
  void aClientThatStandsStillBeforeTheStartIsLeftBehindAlone() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.writing(idle(data.length))) {
      TestClient inHead = rig.connect();
      inHead.sendWrite(0, Bytes.random(512), 100);
      await().until(() -> !inHead.isServed());
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);

      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient atOnce = rig.connect();
      atOnce.sendWrite(0, data, 0);
      await().until(() -> !atOnce.isServed());
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);

      rig.connect().write(0, data);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  @Slow("Waits longer than the timeout that must not end it.")
  void aClientWithoutAnyRequestMayWaitForTheStart() throws Exception {
    byte[] data = Bytes.random(100_000);
    try (Rig rig = Rig.writing(idle(data.length))) {
      TestClient client = rig.connect();
      Thread.yield();
      await().during(SHORT.multipliedBy(2)).until(client::isServed);
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      client.write(0, data);
      assertThat(peer.get()).isEqualTo(data);
      await().during(SHORT.multipliedBy(2)).until(client::isServed);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void anInterruptedStreamFailsWhenNobodyGoesOn() throws Exception {
    try (Rig rig = Rig.writing(resume(-1, SHORT))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      client.hangUp();
      assertFailed(rig, "no client went on within");
      StreamStatus interrupted = List.copyOf(rig.changes).get(1);
      assertThat(interrupted.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(interrupted.failure()).contains("closed its connection at position 100000");
      assertThatExceptionOfType(StreamEndedException.class).isThrownBy(rig::connect);
    }
  }

  @Test
  void aClientThatGoesOnMayWriteAgainWhatALostOneWroteAhead() throws Exception {
    byte[] data = Bytes.random(MIB);
    try (Rig rig = Rig.writing(resume(data.length, LONGER))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      first.write(0, Bytes.part(data, 0, 100_000));
      first.write(200_000, Bytes.random(100_000));
      first.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);

      TestClient next = rig.connect();
      for (int at = 100_000; at < data.length; at += 40_000) {
        next.write(at, Bytes.part(data, at, Math.min(at + 40_000, data.length)));
      }
      next.disconnect();
      assertThat(peer.get()).isEqualTo(data);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  @Slow("Waits longer than the timeout that must not end it.")
  void aClientThatGoesOnIsNotHurriedByTheInterruption() throws Exception {
    byte[] data = Bytes.random(8 * MIB);
    CountDownLatch read = new CountDownLatch(1);
    try (Rig rig = Rig.writing(resume(data.length, LONGER))) {
      Future<byte[]> peer =
          rig.peerReads(
              in -> {
                assertThat(read.await(15, TimeUnit.SECONDS)).isTrue();
                return in.readAllBytes();
              });
      TestClient first = rig.connect();
      Future<Object> write =
          rig.inThread(
              () -> {
                first.sendWrite(0, data);
                return first;
              });
      Rig.awaitWaitIn("awaitEndpoint");
      first.hangUp();
      await().until(write::isDone);
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);

      long position = rig.position();
      TestClient next = rig.connect();
      Future<Status> rest =
          rig.inThread(() -> next.tryWrite(position, Bytes.part(data, position, data.length)));
      await().during(LONGER.multipliedBy(2)).until(() -> !rest.isDone());
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      read.countDown();
      assertThat(rest.get()).isEqualTo(Status.OK);
      next.disconnect();
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aClientOfAFailedStreamIsToldAndLetGo() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      TestClient waiting = rig.connect();
      client.write(0, Bytes.random(100_000));
      ByteBuffer header = TestClient.header(Operation.FLUSH, 0, 0);
      waiting.sendAll(header.slice(0, 10));
      rig.stream.fail("a test says so");
      assertThat(client.tryWrite(100_000, Bytes.random(500_000))).isEqualTo(Status.ENDED);
      waiting.sendAll(header.slice(10, header.remaining() - 10));
      assertThat(waiting.status()).isEqualTo(Status.ENDED);
      assertThat(client.tryWrite(100_000, Bytes.random(500_000))).isEqualTo(Status.ENDED);
      await().until(() -> !client.isServed() && !waiting.isServed());
      assertFailed(rig, "a test says so");
    }
  }

  /** Cancels, and expects everybody to be let go at once. */
  private static void cancel(Rig rig, TestClient client) {
    rig.stream.cancel();
    assertThat(rig.state()).isEqualTo(StreamState.CANCELLED);
    assertThat(rig.failure()).startsWith("cancelled on request at position");
    await().until(() -> !client.isServed());
    assertThat(rig.path()).doesNotExist();
  }

  @Test
  void cancelsWhileAClientWaitsForThePeer() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      TestClient client = rig.connect();
      client.sendWrite(0, Bytes.random(100_000));
      Rig.awaitWaitIn("pause");
      cancel(rig, client);
    }
  }

  @Test
  void cancelsWithoutAnyClient() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      await().until(() -> !peer.isDone());
      rig.stream.cancel();
      rig.stream.cancel();
      assertThat(rig.state()).isEqualTo(StreamState.CANCELLED);
      assertThatExceptionOfType(StreamEndedException.class).isThrownBy(rig::connect);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void cancelsWhileThePipeIsFull(Far far, Payload payload) throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    try (Rig rig = rig(far, payload, Rig.settings(-1, MIB))) {
      Future<Long> peer =
          rig.peerReads(
              in -> {
                assertThat(read.await(15, TimeUnit.SECONDS)).isTrue();
                return (long) in.readAllBytes().length;
              });
      TestClient client = rig.connect();
      Future<Object> write =
          rig.inThread(
              () -> {
                client.sendWrite(0, Bytes.random(16 * MIB));
                return client;
              });
      Rig.awaitWaitIn("awaitEndpoint");
      rig.stream.cancel();
      assertThat(rig.state()).isEqualTo(StreamState.CANCELLED);
      await().until(() -> !client.isServed());
      read.countDown();
      assertThat(peer.get()).isEqualTo(rig.position());
      await().until(write::isDone);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void cancelsWhilePayloadIsAwaited(Far far, Payload payload) throws Exception {
    try (Rig rig = rig(far, payload, Rig.settings(-1, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.sendWrite(0, Bytes.random(200_000), 100_000);
      await().until(() -> rig.position() == 100_000);
      Rig.awaitWaitIn("awaitClient");
      rig.stream.cancel();
      await().until(() -> !client.isServed());
      assertThat(peer.get()).hasSize(100_000);
    }
  }

  @Test
  void cancelsWhileTheHeadsPayloadIsAwaited() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      TestClient client = rig.connect();
      client.sendWrite(0, Bytes.random(50_000), 100);
      Rig.awaitWaitIn("readPayload");
      cancel(rig, client);
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void cancelsWhileThePeerHasBytesToRead(Far far) throws Exception {
    CountDownLatch leave = new CountDownLatch(1);
    try (Rig rig = rig(far, Payload.SPLICED, Rig.settings(100_000, MIB))) {
      lazyPeer(rig, 10, leave);
      TestClient client = rig.connect();
      client.sendWrite(0, Bytes.random(100_000));
      Rig.awaitWaitIn("drain");
      rig.stream.cancel();
      assertThat(rig.state()).isEqualTo(StreamState.CANCELLED);
      await().until(() -> !client.isServed());
      leave.countDown();
    }
  }

  @Test
  void cancelsWhileAClientReadsNoReply() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      TestClient client = rig.connect();
      client.send(Operation.READ, 0, 32 * MIB);
      Rig.awaitWaitIn("sendData");
      TestClient waiting = rig.connect();
      waiting.send(Operation.READ, 0, 512); // has to wait for its turn
      cancel(rig, client);
      await().until(() -> !waiting.isServed());
    }
  }

  @Test
  void cancelsWhileAClientWaitsForItsNextRequest() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      TestClient client = rig.connect();
      Rig.awaitWaitIn("awaitRequest");
      cancel(rig, client);
    }
  }

  @Test
  void aCancelAfterTheEndLetsClientsGo() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(100_000, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(100_000));
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(client.isServed()).isTrue();
      rig.stream.cancel();
      await().until(() -> !client.isServed());
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }
}
