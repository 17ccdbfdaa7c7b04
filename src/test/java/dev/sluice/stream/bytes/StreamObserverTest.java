package dev.sluice.stream.bytes;

import static dev.sluice.stream.bytes.Rig.awaitWaitIn;
import static dev.sluice.stream.bytes.Rig.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.stream.window.WindowMemory;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What streams tell whoever measures them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StreamObserverTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @Test
  void everyByteThatAPeerGetsIsCountedOnceAndSoIsTheEnd() throws Exception {
    try (Rig rig = Rig.writing(settings(4 * MIB, 4 * MIB))) {
      Future<byte[]> got = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(2 * MIB, new byte[MIB]); // through the window
      client.write(0, new byte[MIB]); // from the socket
      client.zeroes(MIB, MIB);
      client.write(3 * MIB, new byte[MIB]);
      client.disconnect();

      assertThat(got.get()).hasSize(4 * MIB);
      assertThat(rig.tally.bytes(Direction.WRITE)).isEqualTo(4 * MIB);
      assertThat(rig.tally.bytes(Direction.READ)).isZero();
      assertThat(rig.tally.ends).containsExactly(StreamState.COMPLETED);
    }
  }

  @Test
  void everyByteThatAPeerGivesIsCountedOnceHoweverOftenItIsRead() throws Exception {
    try (Rig rig = Rig.reading(settings(MIB, MIB))) {
      rig.peerWrites(
          out -> {
            out.write(new byte[MIB]);
            return MIB;
          });
      TestClient client = rig.connect();
      client.read(0, 4096);
      client.read(0, MIB);
      client.disconnect();

      assertThat(rig.tally.bytes(Direction.READ)).isEqualTo(MIB);
      assertThat(rig.tally.bytes(Direction.WRITE)).isZero();
      assertThat(rig.tally.ends).containsExactly(StreamState.COMPLETED);
    }
  }

  @Test
  void aStreamThatFailedHasOneEndEvenIfItIsTakenAwayThen() throws Exception {
    try (Rig rig = Rig.writing(settings(MIB, MIB))) {
      rig.stream.fail("the tape tore");
      rig.stream.cancel();

      assertThat(rig.tally.ends).containsExactly(StreamState.FAILED);
    }
  }

  @Test
  void aPeerThatIsWaitedForIsTheCause() throws Exception {
    byte[] more = new byte[32 * MIB]; // than a pipe holds, whose pages may be larger than usual
    try (Rig rig = Rig.writing(settings(more.length, MIB))) {
      TestClient client = rig.connect();
      Future<Status> written = rig.inThread(() -> client.tryWrite(0, more));
      awaitWaitIn("awaitPeer");
      await().until(() -> rig.tally.waited(WaitCause.PEER) > 0);
      long beforeItCame = rig.tally.waited(WaitCause.PEER);

      rig.peerReads(
          in -> {
            in.readNBytes(1);
            awaitWaitIn("payload"); // the pipe is full
            return in.readAllBytes();
          });

      assertThat(written.get()).isEqualTo(Status.OK);
      assertThat(rig.tally.waited(WaitCause.PEER)).isGreaterThan(beforeItCame);
      assertThat(rig.tally.waited(WaitCause.RATE_LIMIT)).isZero();
      assertThat(rig.tally.waited(WaitCause.WINDOW_MEMORY)).isZero();
    }
  }

  @Test
  void aClientThatIsWaitedForIsTheCause() throws Exception {
    try (Rig rig = Rig.writing(settings(MIB, MIB))) {
      TestClient client = rig.connect();
      awaitWaitIn("awaitRequest");
      client.sendWrite(0, new byte[1000], 10);
      awaitWaitIn("readPayload");
      long beforeThePayload = rig.tally.waited(WaitCause.CLIENT);
      assertThat(beforeThePayload).isPositive();

      client.hangUp();

      assertThat(rig.tally.waited(WaitCause.CLIENT)).isGreaterThan(beforeThePayload);
      assertThat(rig.tally.waited(WaitCause.PEER)).isZero();
    }
  }

  @Test
  void theRateLimitIsTheCause() throws Exception {
    StreamSettings slow = settings(MIB, MIB).withRateLimit(MIB);
    try (Rig rig = Rig.writing(slow)) {
      rig.peerReads(InputStream::readAllBytes);
      rig.connect().write(0, new byte[MIB]);

      assertThat(rig.tally.waited(WaitCause.RATE_LIMIT)).isPositive();
    }
  }

  @Test
  void memoryThatOthersHaveIsTheCause() throws Exception {
    WindowMemory memory = new WindowMemory(3 * MIB);
    StreamSettings settings =
        StreamSettings.of(
            OptionalLong.of(4 * MIB),
            2 * MIB,
            0,
            Timeouts.of(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
    try (Rig first = Rig.writing(settings, memory);
        Rig second = Rig.writing(settings, memory)) {
      first.connect().write(MIB, new byte[2 * MIB]);
      TestClient two = second.connect();
      Future<Status> waiting = second.inThread(() -> two.tryWrite(MIB, new byte[2 * MIB]));
      awaitWaitIn("awaitMemory");
      assertThat(second.tally.waited(WaitCause.WINDOW_MEMORY)).isZero();

      first.stream.cancel();

      assertThat(waiting.get()).isEqualTo(Status.OK);
      assertThat(second.tally.waited(WaitCause.WINDOW_MEMORY)).isPositive();
      assertThat(second.tally.waited(WaitCause.PEER)).isZero();
    }
  }

  @Test
  void whatAStreamWaitsForIsTold() throws Exception {
    byte[] data = new byte[32 * MIB];
    try (Rig rig = Rig.writing(settings(data.length, 0))) {
      assertThat(rig.waitingFor()).isEqualTo("a client");
      TestClient client = rig.connect();
      awaitWaiting(rig, "the client's next request");
      client.sendWrite(0, data, 1000);
      awaitWaiting(rig, "a peer to open the FIFO");
      assertThat(rig.tally.waiting(WaitCause.PEER)).isEqualTo(1);

      CountDownLatch full = new CountDownLatch(1);
      rig.peerReads(
          in -> {
            in.readNBytes(1000);
            full.await();
            return in.readAllBytes();
          });
      awaitWaiting(rig, "the client's payload");
      Future<Void> rest =
          rig.inThread(
              () -> {
                client.sendAll(ByteBuffer.wrap(data, 1000, data.length - 1000));
                return null;
              });
      awaitWaiting(rig, "the peer to read");
      full.countDown();

      rest.get();
      assertThat(client.status()).isEqualTo(Status.OK);
      assertThat(rig.waitingFor()).isEqualTo("null");
      assertThat(rig.tally.waiting(WaitCause.PEER)).isZero();
    }
  }

  private static void awaitWaiting(Rig rig, String what) {
    await("a wait for " + what).until(rig::waitingFor, what::equals);
  }
}
