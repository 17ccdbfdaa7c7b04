package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nobody's goodbye stands for what a client had to write that was lost, or is still attached. */
@Timeout(30)
class LostWritersTest {

  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final byte[] data = Bytes.random(MIB);

  private static Rig rig(long size) throws IOException {
    return Rig.writing(Rig.settings(size, 8 * MIB));
  }

  private void write(TestClient client, int from, int to) throws IOException {
    client.write(from, Bytes.part(data, from, to));
  }

  /** A client sends half the payload of its last request, and is lost. */
  private void cutOff(TestClient client, int from, int to) throws IOException {
    client.sendWrite(from, Bytes.part(data, from, to), (to - from) / 2);
    client.hangUp();
  }

  private static void assertNotWhole(Rig rig, Future<byte[]> peer) {
    assertThat(rig.state()).isIn(StreamState.WAITING, StreamState.INTERRUPTED);
    assertThat(rig.waitingFor()).isNotEqualTo("null");
    assertThat(peer).isNotDone();
  }

  private void assertWhole(Rig rig, Future<byte[]> peer) throws Exception {
    assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
    assertThat(peer.get()).isEqualTo(data);
  }

  @Test
  void theRestOfARequestThatWasCutOffIsMissing() throws Exception {
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      TestClient other = rig.connect();
      write(lost, 512 * KIB, 768 * KIB);
      cutOff(lost, 768 * KIB, 896 * KIB);
      write(other, 0, 512 * KIB);
      write(other, 896 * KIB, MIB);
      other.disconnect();
      assertNotWhole(rig, peer);

      TestClient next = rig.connect();
      write(next, 768 * KIB, 896 * KIB);
      next.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void whatMayBeAMixtureCannotBeRead() throws Exception {
    try (Rig rig = rig(MIB)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      TestClient other = rig.connect();
      write(lost, 512 * KIB, 768 * KIB);
      cutOff(lost, 512 * KIB, 768 * KIB);

      assertThat(other.tryRead(640 * KIB, 4096)).isEqualTo(Status.REFUSED);
      write(other, 512 * KIB, 768 * KIB);
      assertThat(other.read(640 * KIB, 4096))
          .isEqualTo(Bytes.part(data, 640 * KIB, 640 * KIB + 4096));
    }
  }

  @Test
  void whatALostClientWouldHaveGoneOnWithIsMissing() throws Exception {
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      TestClient other = rig.connect();
      write(lost, 512 * KIB, 768 * KIB);
      lost.hangUp();
      write(other, 0, 512 * KIB);
      write(other, 896 * KIB, MIB);
      other.disconnect();
      assertNotWhole(rig, peer);
    }
  }

  @Test
  void withoutASizeTheEndIsNotKnownIfALostClientHadMore() throws Exception {
    try (Rig rig = rig(-1)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      TestClient other = rig.connect();
      write(lost, 512 * KIB, 768 * KIB);
      cutOff(lost, 768 * KIB, MIB);
      write(other, 0, 512 * KIB);
      other.disconnect();
      assertNotWhole(rig, peer);
    }
  }

  @Test
  void noTailIsPaddedThatALostClientHadBegunToWrite() throws Exception {
    StreamSettings settings =
        StreamSettings.of(OptionalLong.of(MIB), 8 * MIB, 0, Timeouts.NONE)
            .withAssurances(Assurances.PADDED_TAIL);
    try (Rig rig = Rig.writing(settings)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      TestClient other = rig.connect();
      write(lost, 512 * KIB, 768 * KIB);
      cutOff(lost, 768 * KIB, 896 * KIB);
      write(other, 0, 512 * KIB);
      other.disconnect();
      assertNotWhole(rig, peer);
    }
  }

  @Test
  void withinTheHeadTooALostClientIsNoProbe() throws Exception {
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      write(lost, 32 * KIB, 64 * KIB);
      cutOff(lost, 0, 32 * KIB);
      TestClient next = rig.connect();
      write(next, 64 * KIB, MIB);
      next.disconnect();
      assertNotWhole(rig, peer);

      TestClient another = rig.connect();
      write(another, 0, 32 * KIB);
      another.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void whoGoesOnAfterALostHeadDoesNotCompleteTheStreamByItsLastWrite() throws Exception {
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      write(lost, 0, 64 * KIB);
      cutOff(lost, 0, 32 * KIB);
      TestClient next = rig.connect();
      write(next, 64 * KIB, MIB);
      assertThat(peer).isNotDone();
      assertThat(rig.state()).isNotEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aRequestThatWasCutOffWhileItReplacedBytesLeavesAMixture() throws Exception {
    byte[] before = Bytes.random(MIB);
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      lost.write(512 * KIB, Bytes.part(before, 512 * KIB, MIB));
      cutOff(lost, 512 * KIB, MIB);
      TestClient next = rig.connect();
      write(next, 0, 512 * KIB);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.waitingFor()).contains("bytes 524288 to 1048575").contains("cut off");
      assertThat(peer).isNotDone();
    }
  }

  @Test
  void whatWasCutOffCanBeWrittenAgainWhileItIsKept() throws Exception {
    byte[] before = Bytes.random(MIB);
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      lost.write(512 * KIB, Bytes.part(before, 512 * KIB, MIB));
      cutOff(lost, 512 * KIB, MIB);
      TestClient next = rig.connect();
      write(next, 512 * KIB, MIB);
      write(next, 0, 512 * KIB);
      next.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void anAttachedClientMayHaveTheGapsBytes() throws Exception {
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      TestClient second = rig.connect();
      write(first, 0, 512 * KIB);
      write(first, 768 * KIB, MIB);
      first.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);

      write(second, 512 * KIB, 768 * KIB);
      second.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void aGoodbyeCountsOnceTheClientsHaveLeftThatHadNothingToWrite() throws Exception {
    Arrays.fill(data, 512 * KIB, 768 * KIB, (byte) 0);
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient writer = rig.connect();
      TestClient idle = rig.connect();
      write(writer, 0, 512 * KIB);
      write(writer, 768 * KIB, MIB);
      writer.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      assertThat(rig.waitingFor()).startsWith("the end of the clients that are attached");

      idle.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void aClientThatIsLostWhileItsFirstWriteWaitsHadSomethingToWrite() throws Exception {
    try (Rig rig = rig(MIB)) {
      TestClient writer = rig.connect();
      TestClient lost = rig.connect();
      writer.sendWrite(0, Bytes.part(data, 0, 100 * KIB));
      Rig.awaitWaitIn("awaitPeer");
      lost.sendWrite(100 * KIB, Bytes.part(data, 100 * KIB, 200 * KIB), 1000);
      Rig.awaitWaitIn("acquire");
      lost.hangUp();
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      assertThat(writer.status()).isEqualTo(Status.OK);
      write(writer, 200 * KIB, MIB);
      writer.disconnect();
      assertNotWhole(rig, peer);
    }
  }

  /** As qemu-img does when it could not read something: it writes the rest, flushes, and goes. */
  @Test
  void aGoodbyeAfterAFlushFillsNoGapEvenIfEverythingCameInOrder() throws Exception {
    try (Rig rig = rig(MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      write(client, 0, 512 * KIB);
      write(client, 768 * KIB, MIB);
      client.flush();
      client.disconnect();
      assertNotWhole(rig, peer);
    }
  }

  /** The client that comes back has the same request in hand, and waits for the lock already. */
  @Test
  void whoIsDroppedIsGoneForItsSuccessor() throws Exception {
    Duration none = Duration.ZERO;
    StreamSettings settings =
        StreamSettings.of(
            OptionalLong.of(MIB),
            8 * MIB,
            0,
            new Timeouts(none, none, none, none, Duration.ofMillis(200), none));
    try (Rig rig = Rig.writing(settings)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient stuck = rig.connect();
      write(stuck, 0, 256 * KIB);
      stuck.sendWrite(256 * KIB, Bytes.part(data, 256 * KIB, 512 * KIB), 50_000);
      rig.awaitPosition(256 * KIB + 50_000);
      TestClient next = rig.connect();

      write(next, 256 * KIB, 512 * KIB);

      write(next, 512 * KIB, MIB);
      next.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void nobodyAttachesToAStreamThatIsBeingFinished() throws Exception {
    try (Rig rig = rig(MIB)) {
      TestClient client = rig.connect();
      write(client, 0, 32 * KIB);
      client.hangUp();
      Future<Boolean> finish =
          rig.inThread(
              () -> {
                rig.stream.finish(Assurances.PADDED_TAIL);
                return true;
              });
      Rig.awaitWaitIn("awaitPeer");

      assertThat(rig.stream.change(settings -> settings.withSize(OptionalLong.of(2 * MIB))))
          .isFalse();
      assertThatExceptionOfType(StreamEndedException.class)
          .isThrownBy(rig::connect)
          .withMessageContaining("is being finished");

      assertThat(rig.peerReads(InputStream::readAllBytes).get())
          .startsWith(Bytes.part(data, 0, 32 * KIB))
          .hasSize(MIB);
      assertThat(finish.get()).isTrue();
    }
  }
}
