package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamState;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client that left had not written is never taken for zeroes. */
@Timeout(60)
class MissingDataTest {

  private static final int MIB = 1 << 20;
  private static final int HALF = MIB / 2;

  private final byte[] data = Bytes.random(2 * MIB);

  private Rig withAGap() throws IOException {
    Rig rig = Rig.writing(Rig.settings(data.length, 4 * MIB));
    TestClient lost = rig.connect();
    Future<byte[]> unused = rig.peerReads(InputStream::readAllBytes);
    write(lost, 0, HALF);
    write(lost, 3 * HALF, data.length);
    lost.hangUp();
    assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    assertThat(unused).isNotDone();
    return rig;
  }

  private void write(TestClient client, int from, int to) throws IOException {
    client.write(from, Bytes.part(data, from, to));
  }

  @Test
  void finishRefusesAGapUnlessItIsToldToPad() throws Exception {
    try (Rig rig = withAGap()) {
      assertThatExceptionOfType(RefusedRequestException.class)
          .isThrownBy(() -> rig.stream.finish(Assurances.NONE))
          .withMessageContaining(HALF + " of " + data.length);
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);

      rig.stream.finish(Assurances.PADDED_TAIL);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void anotherClientsGoodbyeDoesNotVouchForTheGap() throws Exception {
    try (Rig rig = withAGap()) {
      TestClient next = rig.connect();
      write(next, HALF, HALF + 1000);
      next.flush();
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.position()).isEqualTo(HALF + 1000);

      TestClient last = rig.connect();
      write(last, HALF + 1000, 3 * HALF);
      last.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aGapOfAClientThatLeftBesideAnotherIsMissedToo() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(data.length, 4 * MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      TestClient second = rig.connect();
      write(second, MIB, data.length);
      write(first, 0, HALF);
      first.hangUp();
      second.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);

      TestClient next = rig.connect();
      write(next, HALF, MIB);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void theFirstByteThatALostClientHadNotWrittenIsMissingToo() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(data.length, 4 * MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      write(lost, 0, HALF);
      lost.hangUp();

      TestClient sparse = rig.connect();
      write(sparse, MIB, data.length);
      sparse.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.position()).isEqualTo(HALF);
      assertThat(peer).isNotDone();
    }
  }

  @Test
  void aWriteForWhichMissingDataLeavesNoRoomIsRefusedAndTheNextClientGoesOn() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(data.length, 100_000))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      write(lost, 0, HALF);
      lost.hangUp();

      TestClient sparse = rig.connect();
      assertThat(sparse.tryWrite(MIB, Bytes.part(data, MIB, data.length)))
          .isEqualTo(TestSession.Status.REFUSED);
      sparse.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);

      TestClient next = rig.connect();
      write(next, HALF, data.length);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aHeadThatComesLastIsDeliveredAtOnce() throws Exception {
    byte[] small = Arrays.copyOf(data, 2 * Rig.HEAD);
    try (Rig rig = Rig.writing(Rig.settings(small.length, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      write(client, Rig.HEAD, 2 * Rig.HEAD);
      write(client, 0, Rig.HEAD);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(small);
    }
  }

  @Test
  void aClientLostWithinTheHeadHoldsNobodyUp() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, 4 * MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      write(lost, 0, 40_000);
      lost.hangUp();
      TestClient next = rig.connect();
      for (int at = 0; at < 4 * Rig.HEAD; at += Rig.HEAD / 2) {
        write(next, at, at + Rig.HEAD / 2);
      }
      assertThat(rig.position()).isEqualTo(4 * Rig.HEAD);
      await().until(() -> rig.state() == StreamState.STREAMING);
    }
  }

  @Test
  void aGapThatWasFilledIsNotVouchedForByWhoeverComesNext() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, 100_000))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      write(lost, 0, 200_000);
      write(lost, 300_000, 350_000);
      write(lost, 250_000, 300_000);
      write(lost, 350_000, 600_000); // for which the window has no room
      assertThat(rig.position()).isEqualTo(600_000);
      lost.hangUp();

      TestClient next = rig.connect();
      write(next, 600_000, MIB);
      next.disconnect();

      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThatExceptionOfType(RefusedRequestException.class)
          .isThrownBy(() -> rig.stream.finish(Assurances.NONE))
          .withMessageContaining("zeroes that nobody wrote");
      assertThat(peer).isNotDone();
      rig.stream.finish(Assurances.PADDED_TAIL);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }
}
