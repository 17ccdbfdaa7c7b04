package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.InputStream;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class DeparturesTest {

  private static final int MIB = 1 << 20;

  private static void awaitNobody(Rig rig) {
    await().until(() -> rig.stream.status().clients() == 0);
    assertThat(rig.stream.departures().leaving()).isZero();
  }

  @Test
  void nobodyHasUsedAStreamThatNobodyCameTo() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      assertThat(rig.stream.departures().areAllProper()).isFalse();
    }
  }

  @Test
  void aClientThatOnlyLookedHasUsedNothing() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      rig.connect().disconnect();
      awaitNobody(rig);

      assertThat(rig.stream.departures().areAllProper()).isFalse();
    }
  }

  /** A program that only looked at a disk has not made a copy of anything. */
  @Test
  void aClientThatOnlyReadsWhatIsToBeWrittenHasUsedNothing() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      TestClient client = rig.connect();
      client.read(0, 4096);
      client.disconnect();
      awaitNobody(rig);

      assertThat(rig.stream.departures().areAllProper()).isFalse();
    }
  }

  @Test
  void aGoodbyeAfterAWriteIsProper() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      TestClient client = rig.connect();
      client.write(0, Bytes.random(4096));
      client.disconnect();
      awaitNobody(rig);

      assertThat(rig.stream.departures().areAllProper()).isTrue();
    }
  }

  @Test
  void aConnectionThatIsClosedIsNot() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      TestClient first = rig.connect();
      first.write(0, Bytes.random(4096));
      first.hangUp();
      awaitNobody(rig);
      TestClient second = rig.connect();
      second.write(0, Bytes.random(4096));
      second.disconnect();
      awaitNobody(rig);

      assertThat(rig.stream.departures().areAllProper()).isFalse();
    }
  }

  @Test
  void aGoodbyeAfterARefusalIsNot() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.random(2 * Rig.HEAD));
      assertThat(client.tryWrite(0, Bytes.random(4096))).isEqualTo(Status.REFUSED);
      client.disconnect();
      awaitNobody(rig);

      assertThat(rig.stream.departures().areAllProper()).isFalse();
    }
  }

  /** The peer takes nothing yet, so the goodbye is not over. */
  @Test
  void aClientThatWaitsForThePeerIsLeaving() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      TestClient client = rig.connect();
      client.write(0, Bytes.random(4096));
      client.write(2 * Rig.HEAD, Bytes.random(4096));
      client.send(Operation.DISCONNECT, 0, 0);
      await().until(() -> rig.leaving.contains(1));
      assertThat(rig.stream.status().clients()).isEqualTo(1);

      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      rig.awaitState(StreamState.COMPLETED);
      peer.get();
      await().until(() -> rig.stream.departures().leaving() == 0);
    }
  }
}
