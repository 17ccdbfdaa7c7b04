package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Before a read stream of a declared size is complete, the end of its input is looked at. */
@Timeout(30)
class EndOfInputTest {

  private static final int SIZE = 100_000;
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Assurances EXCESS_ACCEPTED = new Assurances(false, false, false, true);
  private static final Assurances UNREAD_ACCEPTED = new Assurances(false, false, true, false);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final byte[] data = Bytes.random(SIZE + 1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private static Rig rig(Far far, Duration end, Assurances assurances) throws IOException {
    Timeouts none = Timeouts.NONE;
    Timeouts timeouts =
        new Timeouts(none.peer(), none.idle(), none.resume(), none.lifetime(), none.stall(), end);
    StreamSettings settings =
        StreamSettings.of(OptionalLong.of(SIZE), 1 << 20, Rig.HEAD, timeouts)
            .withAssurances(assurances);
    return new Rig(Direction.READ, far, Payload.SPLICED, settings);
  }

  /** Gives the declared size; and after {@link #goOn}, some bytes more and the end. */
  private Future<Object> gives(Rig rig, int more) {
    return rig.peerWrites(
        out -> {
          out.write(data, 0, SIZE);
          assertThat(goOn.await(15, TimeUnit.SECONDS)).isTrue();
          out.write(data, SIZE, more);
          return out;
        });
  }

  private TestClient readAll(Rig rig) throws IOException {
    TestClient client = rig.connect();
    assertThat(client.read(0, SIZE)).isEqualTo(Bytes.part(data, 0, SIZE));
    return client;
  }

  private static void awaitLook() {
    Rig.awaitWaitIn("goesOn");
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aByteBeyondTheDeclaredSizeFailsTheStream(Far far) throws Exception {
    try (Rig rig = rig(far, LONG, Assurances.NONE)) {
      gives(rig, 1);
      readAll(rig).send(Operation.DISCONNECT, 0, 0);
      awaitLook();
      goOn.countDown();
      rig.awaitState(StreamState.FAILED);
      assertThat(rig.failure())
          .isEqualTo(
              "the input goes on beyond the declared size of 100000 bytes at position 100000");
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void theClientIsToldOfAByteBeyondTheSizeThatIsThereInTime(Far far) throws Exception {
    try (Rig rig = rig(far, Duration.ZERO, Assurances.NONE)) {
      Future<Object> peer = gives(rig, 1);
      TestClient client = rig.connect();
      client.read(0, 50_000);
      goOn.countDown();
      peer.get();
      assertThat(client.tryRead(50_000, SIZE - 50_000)).isEqualTo(Status.ENDED);
      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
      assertThat(rig.failure()).startsWith("the input goes on beyond the declared size");
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void anEndThatComesInTimeCompletesTheStream(Far far) throws Exception {
    try (Rig rig = rig(far, LONG, Assurances.NONE)) {
      gives(rig, 0);
      TestClient client = readAll(rig);
      client.send(Operation.DISCONNECT, 0, 0);
      awaitLook();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      goOn.countDown();
      rig.awaitState(StreamState.COMPLETED);
      assertThat(rig.stream.status().note()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void aPeerThatDoesNotCloseItsEndIsNoted(Far far) throws Exception {
    try (Rig rig = rig(far, SHORT, Assurances.NONE)) {
      gives(rig, 0);
      readAll(rig).disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(rig.stream.status().note())
          .isEqualTo("the peer had not closed its end 0.2s after the last byte");
      goOn.countDown();
    }
  }

  @Test
  void withoutPatienceThereIsOnlyALook() throws Exception {
    try (Rig rig = rig(Far.FIFO, Duration.ZERO, Assurances.NONE)) {
      gives(rig, 0);
      readAll(rig).disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(rig.stream.status().note()).startsWith("the peer had not closed its end");
      goOn.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void whatIsBeyondTheSizeCanBeIgnored(Far far) throws Exception {
    try (Rig rig = rig(far, LONG, EXCESS_ACCEPTED)) {
      Future<Object> peer = gives(rig, 1);
      goOn.countDown();
      TestClient client = rig.connect();
      client.read(0, 50_000);
      peer.get();
      client.read(50_000, SIZE - 50_000);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(rig.stream.status().note()).isNull();
    }
  }

  @Test
  void whoeverWantsTheLastBytesAgainIsNotRefusedForThem() throws Exception {
    Duration soon = Duration.ofSeconds(1);
    try (Rig rig = rig(Far.FIFO, soon, Assurances.NONE)) {
      gives(rig, 0);
      readAll(rig).hangUp();
      TestClient next = rig.connect();
      assertThat(next.read(0, 512)).isEqualTo(Bytes.part(data, 0, 512));
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      goOn.countDown();
    }
  }

  @Test
  void finishLooksAtTheEndToo() throws Exception {
    try (Rig rig = rig(Far.FIFO, LONG, Assurances.NONE)) {
      gives(rig, 1);
      readAll(rig).hangUp();
      goOn.countDown();
      assertThatExceptionOfType(StreamEndedException.class)
          .isThrownBy(() -> rig.stream.finish(UNREAD_ACCEPTED))
          .withMessageContaining("the input goes on beyond the declared size");
      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
    }
  }

  @Test
  void theLookEndsWhenTheStreamIsCancelled() throws Exception {
    try (Rig rig = rig(Far.FIFO, LONG, Assurances.NONE)) {
      gives(rig, 0);
      TestClient client = readAll(rig);
      client.send(Operation.DISCONNECT, 0, 0);
      awaitLook();
      rig.stream.cancel();
      assertThat(rig.state()).isEqualTo(StreamState.CANCELLED);
      await().until(() -> !client.isServed());
      goOn.countDown();
    }
  }
}
