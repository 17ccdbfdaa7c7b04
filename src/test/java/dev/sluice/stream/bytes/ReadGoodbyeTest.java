package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.Rig.Near;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A read stream is complete when clients that said goodbye were sent every byte. */
@Timeout(30)
class ReadGoodbyeTest {

  private static final int MIB = 1 << 20;
  private static final int SIZE = 300_000;
  private static final Assurances CLOSE_COUNTS = new Assurances(false, true, false, false);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final byte[] data = Bytes.random(SIZE);

  private Rig rig(Near near, Assurances assurances) throws IOException {
    StreamSettings settings = Rig.settings(SIZE, MIB).withAssurances(assurances);
    Rig rig = new Rig(Direction.READ, Far.FIFO, Payload.SPLICED, near, settings);
    rig.peerWrites(
        out -> {
          out.write(data);
          return data;
        });
    return rig;
  }

  private Rig rig() throws IOException {
    return rig(Near.UNIX, Assurances.NONE);
  }

  private void read(TestClient client, int from, int to) throws IOException {
    assertThat(client.read(from, to - from)).isEqualTo(Bytes.part(data, from, to));
  }

  /** Has a reply of its own on the way to it, which it does not read. */
  private void readNothing(Rig rig, TestClient client, int from, int to) throws IOException {
    client.send(Operation.READ, from, to - from);
    rig.awaitPosition(to);
  }

  @ParameterizedTest
  @EnumSource(Near.class)
  void aCloseWithoutAGoodbyeCompletesNothing(Near near) throws Exception {
    try (Rig rig = rig(near, Assurances.NONE)) {
      TestClient client = rig.connect();
      read(client, 0, SIZE);
      client.hangUp(); // as a proxy does, too, when its client is killed
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.failure())
          .startsWith("the client closed its connection at position 300000; ")
          .contains("bytes 0 to 299999 were sent to a client that did not say goodbye");
    }
  }

  /** It says goodbye with its last reply unread, and is gone before the input has ended. */
  @ParameterizedTest
  @EnumSource(Near.class)
  void aResetAfterTheGoodbyeCompletesNothing(Near near) throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    StreamSettings settings = Rig.settings(-1, MIB);
    try (Rig rig = new Rig(Direction.READ, Far.FIFO, Payload.SPLICED, near, settings)) {
      Future<Object> peer =
          rig.peerWrites(
              out -> {
                out.write(data);
                return gone.await(15, TimeUnit.SECONDS);
              });
      TestClient client = rig.connect();
      read(client, 0, 200_000);
      readNothing(rig, client, 200_000, SIZE);
      client.send(Operation.DISCONNECT, 0, 0);
      Rig.awaitWaitIn("awaitEndpoint");
      client.close();
      gone.countDown();
      assertThat(peer.get()).isEqualTo(true);
      rig.awaitState(StreamState.INTERRUPTED);
      assertThat(rig.failure())
          .contains("bytes 0 to 299999 were sent to a client that did not say goodbye");
    }
  }

  @ParameterizedTest
  @EnumSource(Near.class)
  void aCloseCountsAsAGoodbyeWhereThatIsAccepted(Near near) throws Exception {
    try (Rig rig = rig(near, CLOSE_COUNTS)) {
      TestClient client = rig.connect();
      read(client, 0, SIZE);
      client.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @ParameterizedTest
  @EnumSource(Near.class)
  void aCloseWithRepliesUnreadCountsNowhere(Near near) throws Exception {
    try (Rig rig = rig(near, CLOSE_COUNTS)) {
      TestClient client = rig.connect();
      read(client, 0, 200_000);
      readNothing(rig, client, 200_000, SIZE);
      Rig.awaitWaitIn("awaitRequest");
      client.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void aLostClientIsNoGoodbyeEvenWhereACloseIs() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    StreamSettings settings = Rig.settings(-1, MIB).withAssurances(CLOSE_COUNTS);
    try (Rig rig = Rig.reading(settings)) {
      rig.peerWrites(
          out -> {
            out.write(data);
            return go.await(15, TimeUnit.SECONDS);
          });
      TestClient client = rig.connect();
      read(client, 0, SIZE);
      client.send(Operation.READ, SIZE, 512);
      Rig.awaitWaitIn("awaitEndpoint");
      client.hangUp();
      go.countDown();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void aGoodbyeSaysNothingOfWhatAnotherClientWasSent() throws Exception {
    try (Rig rig = rig()) {
      TestClient slow = rig.connect();
      readNothing(rig, slow, 0, 100_000);
      TestClient client = rig.connect();
      read(client, 100_000, SIZE);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      slow.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.failure())
          .contains("bytes 0 to 99999 were sent to a client that did not say goodbye")
          .doesNotContain("not read");
    }
  }

  @Test
  void severalClientsMaySayGoodbyeInAnyOrder() throws Exception {
    try (Rig rig = rig()) {
      TestClient one = rig.connect();
      TestClient two = rig.connect();
      TestClient three = rig.connect();
      read(one, 0, 100_000);
      read(two, 100_000, 200_000);
      read(three, 200_000, SIZE);
      three.disconnect();
      one.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      two.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aClientThatOnlyLooksOnDoesNotHoldTheEndUp() throws Exception {
    try (Rig rig = rig()) {
      TestClient onlooker = rig.connect();
      read(onlooker, 0, 512);
      TestClient client = rig.connect();
      read(client, 0, SIZE);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      onlooker.disconnect();
    }
  }

  @Test
  void whatALostClientWasSentCanBeReadAndConfirmedByAnotherIfItIsKept() throws Exception {
    try (Rig rig = rig()) {
      TestClient client = rig.connect();
      read(client, 4096, SIZE);
      TestClient lost = rig.connect();
      read(lost, 0, 4096);
      lost.hangUp();
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      TestClient next = rig.connect();
      read(next, 0, 4096);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aGoodbyeThatIsSentAheadOfTheRepliesIsTheClientsOwnWord() throws Exception {
    try (Rig rig = rig()) {
      TestClient client = rig.connect();
      client.send(Operation.READ, 0, SIZE);
      client.send(Operation.DISCONNECT, 0, 0);
      assertThat(client.status()).isEqualTo(Status.OK);
      assertThat(client.receive(SIZE).array()).isEqualTo(data);
      rig.awaitState(StreamState.COMPLETED);
    }
  }

  @Test
  void finishRefusesWhatIsNotConfirmedUnlessItIsAccepted() throws Exception {
    try (Rig rig = rig()) {
      TestClient client = rig.connect();
      read(client, 0, SIZE);
      client.hangUp();
      assertThatExceptionOfType(RefusedRequestException.class)
          .isThrownBy(() -> rig.stream.finish(Assurances.NONE))
          .withMessageContaining("bytes 0 to 299999 were sent to a client")
          .withMessageContaining("{\"unread\": \"accept\"}");
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      rig.stream.finish(new Assurances(false, false, true, false));
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }
}
