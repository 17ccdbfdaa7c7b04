package dev.sluice.stream.bytes;

import static dev.sluice.stream.bytes.Rig.awaitWaitIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several clients of one stream, whose requests are served one at a time. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RequestLockTest {

  private static final int MIB = 1 << 20;

  /** So many bytes a client sends at once, so that nobody ever waits for it. */
  private static final int IN_ONE_PIECE = 60_000;

  private static final Duration SOON = Duration.ofMillis(200);

  /** Sooner than anything that a test waits for. */
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static StreamSettings settings(long size, Duration stall) {
    Duration none = Duration.ZERO;
    Timeouts timeouts = new Timeouts(none, none, none, none, stall, none);
    return StreamSettings.of(OptionalLong.of(size), 0, 0, timeouts);
  }

  @Test
  void whoWaitsAndHangsUpIsLetGoAtOnce() throws Exception {
    try (Rig rig = Rig.writing(settings(MIB, Duration.ZERO))) {
      TestClient first = rig.connect();
      TestClient second = rig.connect();
      first.sendWrite(0, new byte[MIB], 1000);
      awaitWaitIn("awaitPeer");
      second.send(Operation.FLUSH, 0, 0);
      awaitWaitIn("acquire");

      second.hangUp();

      assertThat(rig.stream.status().clients()).isEqualTo(1);
      assertThat(first.isServed()).isTrue();
    }
  }

  @Test
  void whoStandsStillWithinItsPayloadIsDroppedWhenAnotherWaits() throws Exception {
    byte[] data = Bytes.random(2 * MIB);
    try (Rig rig = Rig.writing(settings(data.length, SOON))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient stuck = rig.connect();
      stuck.sendWrite(0, Bytes.part(data, 0, MIB), MIB / 2);
      rig.awaitPosition(MIB / 2);
      TestClient next = rig.connect();

      next.write(MIB / 2, Bytes.part(data, MIB / 2, data.length));

      await().until(() -> !stuck.isServed());
      next.disconnect();
      assertThat(peer.get()).isEqualTo(data);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(rig.drops)
          .containsExactly(
              "the client stood still within a request for 0.2s while another waited"
                  + " at position 524288");
    }
  }

  /** Both wait for the same memory, and no longer need it once everything before it has come. */
  @Test
  void whoStandsStillIsDroppedWhenAnotherCameBackFromWaitingForMemoryWithIt() throws Exception {
    byte[] data = Bytes.random(3 * MIB);
    StreamSettings settings =
        StreamSettings.of(
            OptionalLong.of(data.length), MIB, 0, settings(data.length, SOON).timeouts());
    WindowMemory memory = new WindowMemory(settings.mostMemory() + 500_000);
    try (Rig others = Rig.writing(settings, memory);
        Rig rig = Rig.writing(settings, memory)) {
      others.connect().write(MIB, new byte[MIB]);
      Future<byte[]> peer = rig.peerReads(in -> in.readNBytes(data.length));
      TestClient stuck = rig.connect();
      stuck.sendWrite(2 * MIB, Bytes.part(data, 2 * MIB, data.length), 1000);
      awaitWaitIn("awaitMemory");
      TestClient next = rig.connect();
      next.sendWrite(2 * MIB, Bytes.part(data, 2 * MIB, data.length), 1000);
      awaitWaitIn("awaitMemory", 2);
      TestClient first = rig.connect();

      first.write(0, Bytes.part(data, 0, 2 * MIB));

      await().until(() -> !stuck.isServed());
      assertThat(rig.drops)
          .containsExactly(
              "the client stood still within a request for 0.2s while another waited"
                  + " at position 2098152");
      int rest = 2 * MIB + 1000;
      first.write(rest, Bytes.part(data, rest, data.length));
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void whoTakesNoReplyIsDroppedWhenAnotherWaits() throws Exception {
    byte[] data = Bytes.random(32 * MIB);
    Duration none = Duration.ZERO;
    StreamSettings settings =
        StreamSettings.of(
            OptionalLong.of(data.length),
            0,
            Rig.HEAD,
            new Timeouts(none, none, none, none, SOON, none));
    try (Rig rig = Rig.reading(settings)) {
      rig.peerWrites(
          out -> {
            out.write(data);
            return true;
          });
      TestClient stuck = rig.connect();
      stuck.send(Operation.READ, 0, data.length);
      awaitWaitIn("sendFrom");
      TestClient next = rig.connect();

      assertThat(next.read(0, 4096)).isEqualTo(Bytes.part(data, 0, 4096));
    }
  }

  @Test
  void whoStandsStillGoesOnAsLongAsNobodyElseWaits() throws Exception {
    byte[] data = Bytes.random(MIB);
    try (Rig rig = Rig.writing(settings(data.length, AT_ONCE))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient slow = rig.connect();
      TestClient idle = rig.connect();
      slow.sendWrite(0, data, MIB / 2);
      rig.awaitPosition(MIB / 2);
      awaitWaitIn("awaitClient");

      slow.sendAll(ByteBuffer.wrap(data, MIB / 2, MIB / 2));

      assertThat(slow.status()).isEqualTo(Status.OK);
      assertThat(peer.get()).isEqualTo(data);
      assertThat(idle.isServed()).isTrue();
    }
  }

  @Test
  void whoWaitsForThePeerIsNotDropped() throws Exception {
    byte[] data = Bytes.random(IN_ONE_PIECE);
    try (Rig rig = Rig.writing(settings(data.length, AT_ONCE))) {
      TestClient first = rig.connect();
      first.sendWrite(0, data);
      awaitWaitIn("awaitPeer");
      TestClient second = rig.connect();
      Future<Status> flushed = rig.inThread(() -> second.request(Operation.FLUSH, 0, 0));
      awaitWaitIn("acquire");

      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);

      assertThat(first.status()).isEqualTo(Status.OK);
      assertThat(flushed.get()).isEqualTo(Status.OK);
      assertThat(peer.get()).isEqualTo(data);
      assertThat(rig.drops).isEmpty();
    }
  }

  @Test
  void whoIsHeldBackByTheRateLimitIsNotDropped() throws Exception {
    byte[] data = Bytes.random(IN_ONE_PIECE);
    try (Rig rig = Rig.writing(settings(data.length, AT_ONCE).withRateLimit(2 * data.length))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      first.sendWrite(0, data);
      rig.awaitPosition(1);
      TestClient second = rig.connect();

      assertThat(second.request(Operation.FLUSH, 0, 0)).isEqualTo(Status.OK);

      assertThat(first.status()).isEqualTo(Status.OK);
      assertThat(peer.get()).isEqualTo(data);
      assertThat(rig.drops).isEmpty();
    }
  }

  @Test
  void withoutTheTimeoutWhoStandsStillKeepsTheOthersWaiting() throws Exception {
    byte[] data = Bytes.random(MIB);
    try (Rig rig = Rig.writing(settings(data.length, Duration.ZERO))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient slow = rig.connect();
      slow.sendWrite(0, data, MIB / 2);
      rig.awaitPosition(MIB / 2);
      TestClient second = rig.connect();
      Future<Status> flushed = rig.inThread(() -> second.request(Operation.FLUSH, 0, 0));
      awaitWaitIn("acquire");

      slow.sendAll(ByteBuffer.wrap(data, MIB / 2, MIB / 2));

      assertThat(slow.status()).isEqualTo(Status.OK);
      assertThat(flushed.get()).isEqualTo(Status.OK);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  /**
   * Once the one that others waited for is gone, an interruption says so besides its own reason.
   */
  @Test
  void aDropIsToldInTheNextFailureToo() throws Exception {
    try (Rig rig = Rig.writing(settings(MIB, SOON))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient stuck = rig.connect();
      stuck.sendWrite(0, new byte[MIB], 1000);
      rig.awaitPosition(1000);
      TestClient next = rig.connect();
      assertThat(next.request(Operation.FLUSH, 0, 0)).isEqualTo(Status.OK);
      await().until(() -> rig.stream.status().clients() == 1);

      next.hangUp();

      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.failure())
          .isEqualTo(
              "the client closed its connection at position 1000; before that, the client stood"
                  + " still within a request for 0.2s while another waited");
    }
  }

  @Test
  void whoComesFirstIsServedFirst() throws Exception {
    byte[] data = Bytes.random(4 * MIB);
    try (Rig rig = Rig.writing(settings(data.length, Duration.ZERO))) {
      List<Future<Status>> written = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        TestClient client = rig.connect();
        int from = i * MIB;
        written.add(rig.inThread(() -> client.tryWrite(from, Bytes.part(data, from, from + MIB))));
        awaitWaitIn(i == 0 ? "awaitPeer" : "acquire", Math.max(1, i));
      }

      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);

      for (Future<Status> one : written) {
        assertThat(one.get()).isEqualTo(Status.OK);
      }
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void theEndOfTheStreamEndsTheWaitForIt() throws Exception {
    try (Rig rig = Rig.writing(settings(MIB, Duration.ZERO))) {
      TestClient first = rig.connect();
      TestClient second = rig.connect();
      Future<Status> written = rig.inThread(() -> first.tryWrite(0, new byte[MIB]));
      awaitWaitIn("awaitPeer");
      Future<Status> flushed = rig.inThread(() -> second.request(Operation.FLUSH, 0, 0));
      awaitWaitIn("acquire");

      rig.stream.fail("the tape tore");

      assertThat(written.get()).isEqualTo(Status.ENDED);
      assertThat(flushed.get()).isEqualTo(Status.ENDED);
    }
  }

  @Test
  void whoIsDroppedLosesItsConnection() throws Exception {
    try (Rig rig = Rig.writing(settings(MIB, SOON))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient stuck = rig.connect();
      stuck.sendWrite(0, new byte[MIB], 1000);
      rig.awaitPosition(1000);
      rig.connect().send(Operation.FLUSH, 0, 0);

      assertThatExceptionOfType(IOException.class).isThrownBy(stuck::status);
    }
  }
}
