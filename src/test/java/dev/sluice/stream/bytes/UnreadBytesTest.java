package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that do not want every byte, as those do that read an image through its format. */
@Timeout(30)
class UnreadBytesTest {

  private static final int MIB = 1 << 20;
  private static final int SIZE = 4 * MIB;
  private static final Assurances UNREAD_ACCEPTED = new Assurances(false, false, true, false);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final byte[] data = Bytes.random(SIZE);

  private static Rig rig(Far far, long size, Assurances assurances) throws IOException {
    OptionalLong known = size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
    StreamSettings settings =
        new StreamSettings(known, MIB, Rig.HEAD, 0, Timeouts.NONE, assurances, false, true, 0);
    return new Rig(Direction.READ, far, Payload.SPLICED, settings);
  }

  private Future<Object> gives(Rig rig) {
    return rig.peerWrites(
        out -> {
          out.write(data);
          return data;
        });
  }

  /** Passes over two ranges, of 50,000 and of 10,000 bytes. */
  private void readWithGaps(TestClient client) throws IOException {
    client.read(0, 100_000);
    assertThat(client.read(150_000, 50_000)).isEqualTo(Bytes.part(data, 150_000, 200_000));
    assertThat(client.read(210_000, 90_000)).isEqualTo(Bytes.part(data, 210_000, 300_000));
  }

  private void assertWhole(Rig rig, Future<Object> peer) throws Exception {
    assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
    assertThat(rig.position()).isEqualTo(SIZE);
    assertThat(rig.stream.status().digest())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data)));
    peer.get(); // nothing told it that its bytes were not wanted
  }

  @Test
  void theFailureNamesBytesThatNobodyRead() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE, Assurances.NONE)) {
      gives(rig);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.read(300_000, SIZE - 300_000);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.failure())
          .isEqualTo(
              "the client disconnected at position 4194304; 60000 of 4194304 bytes were not read,"
                  + " the first at 100000 (the first of 2 ranges); to finish it with"
                  + " {\"unread\": \"accept\"} accepts that");
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void finishTakesAndDropsTheRestWhereThatIsAccepted(Far far) throws Exception {
    try (Rig rig = rig(far, SIZE, Assurances.NONE)) {
      Future<Object> peer = gives(rig);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.disconnect();
      assertThatExceptionOfType(RefusedRequestException.class)
          .isThrownBy(() -> rig.stream.finish(Assurances.NONE))
          .withMessageContaining("3954304 of 4194304 bytes were not read, the first at 100000")
          .withMessageContaining("(the first of 3 ranges)");
      rig.stream.finish(UNREAD_ACCEPTED);
      assertWhole(rig, peer);
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void withoutASizeTheInputIsTakenToItsEnd(Far far) throws Exception {
    try (Rig rig = rig(far, -1, Assurances.NONE)) {
      Future<Object> peer = gives(rig);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.disconnect();
      assertThat(rig.failure())
          .contains("60000 bytes were not read, the first at 100000 (the first of 2 ranges)");
      rig.stream.finish(UNREAD_ACCEPTED);
      assertWhole(rig, peer);
    }
  }

  @ParameterizedTest
  @EnumSource(Far.class)
  void anExportMayAcceptItBeforehand(Far far) throws Exception {
    try (Rig rig = rig(far, SIZE, UNREAD_ACCEPTED)) {
      Future<Object> peer = gives(rig);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void withoutASizeItMayToo() throws Exception {
    try (Rig rig = rig(Far.FIFO, -1, UNREAD_ACCEPTED)) {
      Future<Object> peer = gives(rig);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void aProbeEndsNothingEvenWhereUnreadBytesAreAccepted() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE, UNREAD_ACCEPTED)) {
      Future<Object> peer = gives(rig);
      TestClient probe = rig.connect();
      probe.read(0, 512);
      probe.read(65_536 - 512, 512);
      probe.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void aClientThatIsStillAttachedMayWantTheRest() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE, UNREAD_ACCEPTED)) {
      Future<Object> peer = gives(rig);
      TestClient other = rig.connect();
      TestClient client = rig.connect();
      readWithGaps(client);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      assertThat(other.read(100_000, 50_000)).isEqualTo(Bytes.part(data, 100_000, 150_000));
      assertThat(other.read(300_000, MIB)).isEqualTo(Bytes.part(data, 300_000, 300_000 + MIB));
      other.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void bytesThatWereSentToALostClientAreNotAcceptedAsUnread() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE, UNREAD_ACCEPTED)) {
      gives(rig);
      TestClient lost = rig.connect();
      lost.read(0, 100_000);
      lost.hangUp();
      TestClient client = rig.connect();
      client.read(100_000, 100_000);
      client.read(0, Rig.HEAD);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.failure())
          .contains("3994304 of 4194304 bytes were not read, the first at 200000")
          .contains("bytes 65536 to 99999 were sent to a client that did not say goodbye");
      assertThatExceptionOfType(RefusedRequestException.class)
          .isThrownBy(() -> rig.stream.finish(Assurances.NONE));
      rig.stream.finish(UNREAD_ACCEPTED);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  /** As a program that could not read something, and says goodbye when it gives up. */
  @Test
  void bytesThatAClientWasRefusedAreWanted() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE, UNREAD_ACCEPTED)) {
      Future<Object> peer = gives(rig);
      TestClient refused = rig.connect();
      readWithGaps(refused);
      assertThat(refused.tryRead(3 * MIB, 1000)).isEqualTo(Status.REFUSED);
      refused.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);

      TestClient next = rig.connect();
      next.read(300_000, 3 * MIB + 1000 - 300_000);
      next.disconnect();
      assertWhole(rig, peer);
    }
  }

  @Test
  void aCloseWithoutAGoodbyeDoesNotSayThatTheRestIsNotWanted() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE, UNREAD_ACCEPTED)) {
      gives(rig);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void inputThatIsTooShortFailsEvenIfNobodyWantedTheRest() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE + 1, UNREAD_ACCEPTED)) {
      gives(rig);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
      assertThat(rig.failure()).startsWith("the input ended after 4194304 of 4194305 bytes");
    }
  }

  @Test
  void inputThatGoesOnFailsEvenIfNobodyWantedTheRest() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE - 1, UNREAD_ACCEPTED)) {
      gives(rig);
      TestClient client = rig.connect();
      readWithGaps(client);
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.FAILED);
      assertThat(rig.failure()).startsWith("the input goes on beyond the declared size");
    }
  }

  @Test
  void readsOfAByteHereAndThereAreAllTold() throws Exception {
    try (Rig rig = rig(Far.FIFO, SIZE, Assurances.NONE)) {
      gives(rig);
      TestClient client = rig.connect();
      client.read(0, 100_000);
      for (int at = 100_000; at < 102_000; at += 2) {
        assertThat(client.read(at, 1)).isEqualTo(Arrays.copyOfRange(data, at, at + 1));
      }
      client.disconnect();
      assertThat(rig.failure())
          .contains("4093304 of 4194304 bytes were not read, the first at 100001")
          .contains("(the first of 1000 ranges)");
    }
  }
}
