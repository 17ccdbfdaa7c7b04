package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.testing.Slow;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a read stream ends that does not end well. */
@Timeout(20)
class ReadStreamEndsTest {

  private static final int MIB = 1 << 20;
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONGER = Duration.ofMillis(500);
  private static final Duration NO_LIMIT = Duration.ZERO;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static Future<Object> gives(Rig rig, int count, CountDownLatch close) {
    return rig.peerWrites(
        (OutputStream out) -> {
          out.write(Bytes.random(count));
          assertThat(close.await(15, TimeUnit.SECONDS)).isTrue();
          return out;
        });
  }

  private static void assertFailed(Rig rig, String reason) {
    rig.awaitState(StreamState.FAILED);
    assertThat(rig.failure()).contains(reason).endsWith("at position " + rig.position());
  }

  @Test
  void aPeerThatNeverComesFailsTheStream() throws Exception {
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB, SHORT, NO_LIMIT, NO_LIMIT))) {
      TestClient client = rig.connect();
      assertThat(client.tryRead(0, 512)).isEqualTo(Status.ENDED);
      assertFailed(rig, "no peer gave any input for 0.2s");
    }
  }

  @Test
  @Slow("Waits longer than the timeout that must not end it.")
  void everyRequestWaitsAnewForThePeer() throws Exception {
    Duration limit = SHORT.multipliedBy(3);
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB, limit, NO_LIMIT, NO_LIMIT))) {
      TestClient impatient = rig.connect();
      impatient.send(Operation.READ, 0, 512);
      Rig.awaitWaitIn("awaitEndpoint");
      impatient.hangUp();
      await().during(limit).until(() -> rig.state() == StreamState.WAITING);
      TestClient client = rig.connect();
      client.send(Operation.READ, 0, 512);
      Rig.awaitWaitIn("awaitEndpoint");
      CountDownLatch close = new CountDownLatch(1);
      gives(rig, 100_000, close);
      assertThat(client.status()).isEqualTo(Status.OK);
      close.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aPeerThatStandsStillFailsTheStream(Far far) throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    StreamSettings settings = Rig.settings(200_000, MIB, NO_LIMIT, SHORT, NO_LIMIT);
    try (Rig rig = new Rig(Direction.READ, far, Payload.SPLICED, settings)) {
      gives(rig, 100_000, close);
      TestClient client = rig.connect();
      client.read(0, 100_000);
      assertThat(client.tryRead(100_000, 100_000)).isEqualTo(Status.ENDED);
      assertFailed(rig, "no byte moved for 0.2s");
      close.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource(Payload.class)
  void aClientThatReadsNoReplyFailsTheStream(Payload payload) throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    StreamSettings settings = Rig.settings(8 * MIB, MIB, NO_LIMIT, SHORT, NO_LIMIT);
    try (Rig rig = new Rig(Direction.READ, Far.FIFO, payload, settings)) {
      Future<Object> peer = gives(rig, 8 * MIB, close);
      TestClient client = rig.connect();
      client.send(Operation.READ, 0, 8 * MIB);
      assertFailed(rig, "no byte moved for 0.2s");
      await().until(() -> !client.isServed());
      close.countDown();
      await().until(peer::isDone);
    }
  }

  @Test
  void anInterruptedStreamFailsWhenNobodyGoesOn() throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB, NO_LIMIT, NO_LIMIT, SHORT))) {
      gives(rig, 100_000, close);
      TestClient client = rig.connect();
      client.read(0, 100_000);
      client.hangUp();
      assertFailed(rig, "no client went on");
      assertThat(rig.changes)
          .extracting(StreamStatus::state)
          .startsWith(StreamState.STREAMING, StreamState.INTERRUPTED);
      close.countDown();
    }
  }

  @Test
  @Slow("Waits longer than the timeout that must not end it.")
  void aClientThatGoesOnIsNotHurriedByTheInterruption() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Rig rig = Rig.reading(Rig.settings(200_000, MIB, NO_LIMIT, NO_LIMIT, LONGER))) {
      rig.peerWrites(
          out -> {
            out.write(Bytes.random(100_000));
            assertThat(go.await(15, TimeUnit.SECONDS)).isTrue();
            out.write(Bytes.random(100_000));
            return out;
          });
      TestClient first = rig.connect();
      first.read(0, 100_000);
      first.hangUp();
      TestClient next = rig.connect();
      next.send(Operation.READ, 100_000, 100_000);
      await().during(LONGER.multipliedBy(2)).until(() -> rig.state() == StreamState.STREAMING);
      go.countDown();
      assertThat(next.status()).isEqualTo(Status.OK);
      assertThat(next.receive(100_000).array()).isEqualTo(Bytes.random(100_000));
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void cancelsWhileInputIsAwaited(Far far) throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    StreamSettings settings = Rig.settings(-1, MIB);
    try (Rig rig = new Rig(Direction.READ, far, Payload.SPLICED, settings)) {
      gives(rig, 100_000, close);
      TestClient client = rig.connect();
      client.read(0, 100_000);
      client.send(Operation.READ, 100_000, 512);
      Rig.awaitWaitIn("awaitEndpoint");
      rig.stream.cancel();
      assertThat(rig.state()).isEqualTo(StreamState.CANCELLED);
      await().until(() -> !client.isServed());
      close.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource(Payload.class)
  void cancelsWhileAClientReadsNoReply(Payload payload) throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    StreamSettings settings = Rig.settings(16 * MIB, MIB);
    try (Rig rig = new Rig(Direction.READ, Far.FIFO, payload, settings)) {
      Future<Object> peer = gives(rig, 8 * MIB + 4 * MIB, close);
      TestClient client = rig.connect();
      client.send(Operation.READ, 0, 8 * MIB);
      Rig.awaitWaitIn("serve");
      await().until(() -> rig.position() > 0);
      rig.stream.cancel();
      assertThat(rig.state()).isEqualTo(StreamState.CANCELLED);
      await().until(() -> !client.isServed());
      close.countDown();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(peer::get)
          .withMessageContaining("Broken pipe");
    }
  }

  @Test
  void cancelsWhileAGoodbyeWaitsForTheEndOfTheInput() throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    try (Rig rig = Rig.reading(Rig.settings(-1, MIB))) {
      gives(rig, 100_000, close);
      TestClient client = rig.connect();
      client.read(0, 100_000);
      client.send(Operation.DISCONNECT, 0, 0);
      Rig.awaitWaitIn("doLeave");
      rig.stream.cancel();
      assertThat(rig.state()).isEqualTo(StreamState.CANCELLED);
      await().until(() -> !client.isServed());
      close.countDown();
    }
  }
}
