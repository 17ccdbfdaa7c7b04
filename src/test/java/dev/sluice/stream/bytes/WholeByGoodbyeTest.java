package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams whose tail is to be zeroes if their client does not write it; and without a window. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WholeByGoodbyeTest {

  private static final int MIB = 1 << 20;
  private static final int HEAD = 64 * 1024;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static Rig padding(long size) throws IOException {
    return Rig.writing(
        StreamSettings.of(OptionalLong.of(size), MIB, HEAD, Timeouts.NONE)
            .withAssurances(Assurances.PADDED_TAIL));
  }

  @Test
  void aGoodbyeFillsTheTailUp() throws Exception {
    byte[] data = Bytes.random(3 * MIB + 7);
    Arrays.fill(data, MIB, 2 * MIB, (byte) 0);
    Arrays.fill(data, 2 * MIB + 100, data.length, (byte) 0);
    try (Rig rig = padding(data.length)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, MIB));
      client.write(2 * MIB, Bytes.part(data, 2 * MIB, 2 * MIB + 100));
      client.disconnect();

      rig.awaitState(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aGoodbyeFillsWhatWasLeftOutOfOrder() throws Exception {
    byte[] data = Bytes.random(3 * MIB);
    Arrays.fill(data, MIB, 2 * MIB, (byte) 0);
    try (Rig rig = padding(data.length)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(2 * MIB, Bytes.part(data, 2 * MIB, data.length));
      client.write(0, Bytes.part(data, 0, MIB));
      client.flush();
      assertThat(rig.position()).isEqualTo(MIB);
      client.disconnect();

      rig.awaitState(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  /** As where a disk is cleared before it is written: zeroes are the end at a goodbye only. */
  @Test
  void dataThatIsZeroedAgainIsNoData() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient probe = rig.connect();
      probe.write(0, Bytes.random(4096));
      probe.disconnect();
      TestClient client = rig.connect();
      client.write(MIB / 2, Bytes.random(4096));
      client.write(MIB - 4096, Bytes.random(4096));
      client.zeroes(MIB / 2, 4096);
      client.zeroes(0, MIB / 2);
      client.zeroes(MIB / 2 + 4096, MIB / 2 - 4096);
      assertThat(rig.position()).isEqualTo(MIB);
      assertThat(rig.state()).isEqualTo(StreamState.STREAMING);

      client.disconnect();
      rig.awaitState(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(new byte[MIB]);
    }
  }

  @Test
  void dataOfALostClientThatIsZeroedIsNoDataEither() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      lost.write(MIB / 2, Bytes.random(4096));
      lost.hangUp();
      TestClient client = rig.connect();
      client.zeroes(0, MIB);
      client.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
    }
  }

  @Test
  void aProbeOfTheHeadIsNoGoodbye() throws Exception {
    try (Rig rig = padding(MIB)) {
      TestClient client = rig.connect();
      client.zeroes(0, 512);
      client.flush();
      client.disconnect();

      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      assertThat(rig.position()).isZero();
    }
  }

  @Test
  void aClientThatIsLostIsNoGoodbye() throws Exception {
    try (Rig rig = padding(3 * MIB)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, new byte[MIB]);
      client.hangUp();

      rig.awaitState(StreamState.INTERRUPTED);
      assertThat(rig.position()).isEqualTo(MIB);
    }
  }

  @Test
  void whatALostClientLeftOutIsNotFilledByAnothersGoodbye() throws Exception {
    try (Rig rig = padding(3 * MIB)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient lost = rig.connect();
      lost.write(0, new byte[MIB]);
      lost.write(2 * MIB, new byte[1000]);
      lost.hangUp();
      rig.awaitState(StreamState.INTERRUPTED);
      TestClient other = rig.connect();
      other.write(MIB, new byte[1000]);
      other.disconnect();

      rig.awaitState(StreamState.INTERRUPTED);
      assertThat(rig.position()).isEqualTo(MIB + 1000);
    }
  }

  @Test
  void aGoodbyeAfterARefusedWriteProvesNothing() throws Exception {
    try (Rig rig = padding(3 * MIB)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, new byte[MIB]);
      assertThat(client.tryWrite(5, new byte[1])).isEqualTo(TestSession.Status.REFUSED);
      client.disconnect();

      rig.awaitState(StreamState.INTERRUPTED);
    }
  }

  /** As nbdkit's plugin, which knows of no way back. */
  @Test
  void withoutWindowsEveryGapIsZeroesAtOnce() throws Exception {
    StreamSettings none = StreamSettings.of(OptionalLong.empty(), 0, 0, Timeouts.NONE);
    try (Rig rig = Rig.writing(none)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, new byte[] {1});
      assertThat(rig.position()).isEqualTo(1);
      client.write(100, new byte[] {2});
      assertThat(rig.position()).isEqualTo(101);
      client.zeroes(200, 5);
      assertThat(rig.position()).isEqualTo(205);
      assertThat(rig.memory.used()).isZero();
      client.disconnect();

      byte[] expected = new byte[205];
      expected[0] = 1;
      expected[100] = 2;
      assertThat(peer.get()).isEqualTo(expected);
      rig.awaitState(StreamState.COMPLETED);
    }
  }

  @Test
  void withAHeadAndNoWindowAGapBehindTheHeadIsZeroesAtOnce() throws Exception {
    StreamSettings headOnly = StreamSettings.of(OptionalLong.empty(), 0, HEAD, Timeouts.NONE);
    try (Rig rig = Rig.writing(headOnly)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(100, new byte[100]);
      client.write(0, new byte[10]);
      assertThat(rig.position()).isZero();
      client.write(HEAD + 1, new byte[1]);

      assertThat(rig.position()).isEqualTo(HEAD + 2);
    }
  }
}
