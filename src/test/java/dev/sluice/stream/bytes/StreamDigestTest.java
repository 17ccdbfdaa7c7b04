package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StreamDigestTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static StreamSettings settings(long size) {
    return new StreamSettings(
        OptionalLong.of(size),
        8 * MIB,
        64 * 1024,
        0,
        Timeouts.NONE,
        Assurances.NONE,
        false,
        true,
        0);
  }

  private static String sha256(byte[] data) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
  }

  @ParameterizedTest
  @CsvSource({"FIFO, SPLICED", "FIFO, COPIED", "SOCKET, SPLICED", "SOCKET, COPIED"})
  void theDigestIsThatOfWhatThePeerGot(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(6 * MIB + 11);
    Arrays.fill(data, 2 * MIB, 4 * MIB, (byte) 0);
    try (Rig rig = new Rig(Direction.WRITE, far, payload, settings(data.length))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(data, 0, 1000)); // the head
      client.write(5 * MIB, Bytes.part(data, 5 * MIB, data.length)); // ahead
      client.write(1000, Bytes.part(data, 1000, 2 * MIB)); // in order
      assertThat(rig.stream.status().digest()).isNull();
      client.zeroes(2 * MIB, MIB + 5);
      client.write(4 * MIB, Bytes.part(data, 4 * MIB, 5 * MIB));
      client.disconnect(); // with a gap

      assertThat(peer.get()).isEqualTo(data);
      rig.awaitState(StreamState.COMPLETED);
      assertThat(rig.stream.status().digest()).isEqualTo(sha256(data));
    }
  }

  @ParameterizedTest
  @CsvSource({"FIFO, SPLICED", "FIFO, COPIED", "SOCKET, SPLICED", "SOCKET, COPIED"})
  void theDigestIsThatOfWhatThePeerGave(Far far, Payload payload) throws Exception {
    byte[] data = Bytes.random(6 * MIB + 11);
    try (Rig rig = new Rig(Direction.READ, far, payload, settings(data.length))) {
      rig.peerWrites(
          out -> {
            out.write(data);
            return data.length;
          });
      TestClient client = rig.connect();
      client.read(0, 512); // the head, twice
      client.read(0, 3 * MIB);
      client.read(4 * MIB, 2 * MIB + 11);
      client.read(3 * MIB, MIB); // was passed over
      client.disconnect();

      rig.awaitState(StreamState.COMPLETED);
      assertThat(rig.stream.status().digest()).isEqualTo(sha256(data));
    }
  }

  @Test
  void aStreamThatFailedHasTheDigestOfWhatWentBefore() throws Exception {
    byte[] data = Bytes.random(2 * MIB);
    try (Rig rig = Rig.writing(settings(data.length))) {
      rig.peerReads(InputStream::readAllBytes);
      rig.connect().write(0, Bytes.part(data, 0, MIB));

      rig.stream.fail("the tape tore");

      assertThat(rig.stream.status().digest()).isEqualTo(sha256(Bytes.part(data, 0, MIB)));
    }
  }

  @Test
  void withoutBeingAskedForThereIsNone() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      rig.stream.cancel();

      assertThat(rig.stream.status().digest()).isNull();
    }
  }
}
