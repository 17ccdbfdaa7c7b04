package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients that write a stream together, each a part of it, and close their connections without a
 * goodbye; and clients of which one writes another stream.
 */
@Timeout(30)
class SeveralWritersTest {

  private static final int MIB = 1 << 20;
  private static final int HALF = MIB / 2;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final byte[] data = Bytes.random(4 * MIB);

  private Rig rig() throws IOException {
    return Rig.writing(Rig.settings(data.length, 8 * MIB));
  }

  private void write(TestClient client, int from, int to) throws IOException {
    client.write(from, Bytes.part(data, from, to));
  }

  @Test
  void eachWritesItsPartAndTheLastOneCompletes() throws Exception {
    try (Rig rig = rig()) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      List<TestClient> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        writers.add(rig.connect());
      }
      for (int i = 3; i >= 0; i--) {
        write(writers.get(i), i * MIB, (i + 1) * MIB);
      }
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void eachLeavesAsSoonAsItsPartIsWritten() throws Exception {
    try (Rig rig = rig()) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      List<TestClient> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        writers.add(rig.connect());
        write(writers.get(i), i * MIB, i * MIB + HALF);
      }
      for (int i = 3; i >= 0; i--) {
        write(writers.get(i), i * MIB + HALF, (i + 1) * MIB);
        writers.get(i).hangUp();
      }
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void theyComeOneAfterTheOther() throws Exception {
    try (Rig rig = rig()) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      for (int i : new int[] {2, 0, 3, 1}) {
        TestClient writer = rig.connect();
        write(writer, i * MIB, (i + 1) * MIB);
        writer.hangUp();
      }
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void whatAClientWroteThatHasLeftIsDeliveredAsSoonAsItIsContiguous() throws Exception {
    try (Rig rig = rig()) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      TestClient second = rig.connect();
      write(first, 0, HALF);
      write(second, MIB, 2 * MIB);
      second.hangUp();
      write(first, HALF, MIB);
      assertThat(rig.position()).isEqualTo(2 * MIB);
    }
  }

  @Test
  void aGapOfAClientThatClosedItsConnectionIsNotVouchedForByAnother() throws Exception {
    try (Rig rig = rig()) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      TestClient second = rig.connect();
      write(first, 0, HALF);
      first.hangUp();
      write(second, MIB, 4 * MIB);
      second.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(peer).isNotDone();
    }
  }

  @Test
  void nothingIsTakenOfANewClientThatBeginsAtTheStart() throws Exception {
    byte[] other = Bytes.random(data.length);
    try (Rig rig = rig()) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      write(lost, 0, MIB);
      lost.hangUp();

      TestClient stranger = rig.connect();
      assertThat(stranger.tryWrite(0, Bytes.part(other, 0, MIB))).isEqualTo(Status.REFUSED);
      assertThat(stranger.tryWrite(MIB, Bytes.part(other, MIB, 4 * MIB))).isEqualTo(Status.REFUSED);
      stranger.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.position()).isEqualTo(MIB);
      assertThat(rig.failure())
          .contains("closed its connection at position " + MIB)
          .contains("since then a new client began at 0; the position is " + MIB);

      TestClient next = rig.connect();
      write(next, MIB, 4 * MIB);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aNewClientThatBeginsAtTheEndIsNotTakenForOneThatGoesOn() throws Exception {
    byte[] other = Bytes.random(data.length);
    try (Rig rig = rig()) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      write(lost, 0, 3 * MIB);
      lost.hangUp();

      TestClient stranger = rig.connect();
      stranger.write(3 * MIB, Bytes.part(other, 3 * MIB, 4 * MIB));
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);
      assertThat(stranger.tryWrite(2 * MIB, Bytes.part(other, 2 * MIB, 3 * MIB)))
          .isEqualTo(Status.REFUSED);
      stranger.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(rig.stream.status().waitingFor()).contains("a write at 2097152 is below");

      TestClient another = rig.connect();
      another.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(peer).isNotDone();
    }
  }

  @Test
  void theNextClientDoesNotCompleteWhatAnotherWantedToHaveOtherwise() throws Exception {
    try (Rig rig = rig()) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, MIB);
      assertThat(first.tryWrite(100, new byte[10])).isEqualTo(Status.REFUSED);
      first.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);

      TestClient next = rig.connect();
      write(next, MIB, 4 * MIB);
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(peer).isNotDone();

      rig.stream.finish(Assurances.NONE);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }
}
