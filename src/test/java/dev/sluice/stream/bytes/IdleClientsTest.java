package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who gives its place to another client, where an export has as many as it may have. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class IdleClientsTest {

  private static final int SIZE = 1 << 20;
  private static final Duration AT_ONCE = Duration.ofNanos(1);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static Rig rig(Duration stall) throws IOException {
    Duration none = Duration.ZERO;
    return Rig.writing(
        StreamSettings.of(
            OptionalLong.of(SIZE),
            SIZE,
            Rig.HEAD,
            new Timeouts(none, none, none, none, stall, none)));
  }

  @Test
  void whoHasHadNoRequestForLongestGivesItsPlace() throws Exception {
    try (Rig rig = rig(AT_ONCE)) {
      TestClient first = rig.connect();
      Rig.awaitWaitIn("awaitRequest");
      TestClient second = rig.connect();
      Rig.awaitWaitIn("awaitRequest", 2);

      rig.stream.makeRoom();

      await().until(() -> !first.isServed());
      assertThat(second.isServed()).isTrue();
      assertThat(rig.stream.status().clients()).isEqualTo(1);
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      assertThat(rig.drops).singleElement().asString().contains("another one was turned away");
    }
  }

  @Test
  void whoWaitsForAnAnswerKeepsItsPlace() throws Exception {
    try (Rig rig = rig(AT_ONCE)) {
      TestClient waiting = rig.connect();
      waiting.sendWrite(0, new byte[SIZE], 1000);
      Rig.awaitWaitIn("awaitPeer");
      TestClient idle = rig.connect();
      Rig.awaitWaitIn("awaitRequest");

      rig.stream.makeRoom();
      rig.stream.makeRoom();

      await().until(() -> !idle.isServed());
      assertThat(waiting.isServed()).isTrue();
    }
  }

  /** Whoever has written nothing goes first, and nobody goes for whom there is no newcomer. */
  @Test
  void whoHasWrittenGivesItsPlaceIfNobodyElseCan() throws Exception {
    try (Rig rig = rig(AT_ONCE)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      byte[] data = Bytes.random(SIZE);
      TestClient writer = rig.connect();
      writer.write(0, Bytes.part(data, 0, 512));
      Rig.awaitWaitIn("awaitRequest");
      TestClient idle = rig.connect();
      Rig.awaitWaitIn("awaitRequest", 2);

      rig.stream.makeRoom();
      await().until(() -> !idle.isServed());
      assertThat(writer.isServed()).isTrue();

      rig.stream.makeRoom();
      await().until(() -> !writer.isServed());
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);

      TestClient next = rig.connect();
      next.write(512, Bytes.part(data, 512, SIZE));
      next.disconnect();
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  /** What it wrote counts as that of a lost client: its part alone is never a whole disk. */
  @Test
  void whatItHadWrittenIsNotTakenForAllThereIs() throws Exception {
    try (Rig rig = rig(AT_ONCE)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient writer = rig.connect();
      writer.write(2048, new byte[512]);
      Rig.awaitWaitIn("awaitRequest");
      rig.stream.makeRoom();
      await().until(() -> !writer.isServed());

      TestClient next = rig.connect();
      next.write(SIZE / 2, new byte[SIZE / 2]);
      next.disconnect();

      assertThat(rig.state()).isNotEqualTo(StreamState.COMPLETED);
      assertThat(rig.waitingFor()).startsWith("bytes 0 to 2047");
    }
  }

  @Test
  void whoBringsSomethingNewKeepsItsPlace() throws Exception {
    try (Rig rig = rig(Duration.ofMinutes(5))) {
      TestClient writer = rig.connect();
      writer.write(0, new byte[512]);
      Rig.awaitWaitIn("awaitRequest");

      rig.stream.makeRoom();

      writer.write(512, new byte[512]);
      assertThat(writer.isServed()).isTrue();
    }
  }

  @Test
  void requestsThatBringNothingNewKeepNoPlace() throws Exception {
    try (Rig rig = rig(Duration.ofSeconds(1))) {
      TestClient client = rig.connect();

      await()
          .until(
              () -> {
                rig.stream.makeRoom();
                return !Flushes.oneMore(client);
              });

      assertThat(rig.drops).singleElement().asString().contains("another one was turned away");
    }
  }

  @Test
  void requestsWithoutAPauseKeepNoPlace() throws Exception {
    try (Rig rig = rig(AT_ONCE)) {
      TestClient client = rig.connect();
      Rig.awaitWaitIn("awaitRequest");
      Flushes.withoutPause(rig, client);

      await()
          .until(
              () -> {
                rig.stream.makeRoom();
                return !client.isServed();
              });
    }
  }

  @Test
  void anIdleTimeoutThatIsShorterKeepsNoPlace() throws Exception {
    Duration none = Duration.ZERO;
    Timeouts timeouts =
        new Timeouts(none, Duration.ofMillis(50), none, none, Duration.ofSeconds(1), none);
    try (Rig rig =
        Rig.writing(StreamSettings.of(OptionalLong.of(SIZE), SIZE, Rig.HEAD, timeouts))) {
      TestClient client = rig.connect();

      await()
          .until(
              () -> {
                rig.stream.makeRoom();
                return !client.isServed();
              });

      assertThat(rig.drops).singleElement().asString().contains("another one was turned away");
    }
  }

  @Test
  void whoComesToAnInterruptedStreamAndDoesNothingGivesItsPlace() throws Exception {
    try (Rig rig = rig(AT_ONCE)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      lost.write(0, new byte[2 * Rig.HEAD]);
      lost.hangUp();
      rig.awaitState(StreamState.INTERRUPTED);
      TestClient idle = rig.connect();
      Rig.awaitWaitIn("awaitRequest");

      rig.stream.makeRoom();

      await().until(() -> !idle.isServed());
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void whoHasNotBeenIdleForLongKeepsItsPlace() throws Exception {
    try (Rig rig = rig(Duration.ofMinutes(5))) {
      TestClient client = rig.connect();
      Rig.awaitWaitIn("awaitRequest");

      rig.stream.makeRoom();

      client.flush();
      assertThat(client.isServed()).isTrue();
    }
  }

  @Test
  void onceTheStreamHasBegunEveryoneKeepsItsPlace() throws Exception {
    try (Rig rig = rig(AT_ONCE)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient idle = rig.connect();
      TestClient other = rig.connect();
      other.write(0, new byte[2 * Rig.HEAD]);
      rig.awaitState(StreamState.STREAMING);
      Rig.awaitWaitIn("awaitRequest", 2);

      rig.stream.makeRoom();

      other.flush();
      idle.flush();
      assertThat(idle.isServed()).isTrue();
      assertThat(rig.drops).isEmpty();
    }
  }
}
