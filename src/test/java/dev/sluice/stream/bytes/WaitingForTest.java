package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A write stream that nobody has completed says what would. */
@Timeout(30)
class WaitingForTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static String waitingFor(Rig rig) {
    return String.valueOf(rig.stream.status().waitingFor());
  }

  @Test
  void theBytesThatNoClientHasWritten() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      TestClient client = rig.connect();
      client.write(0, new byte[4096]);
      client.write(262_144, new byte[4096]);
      client.write(524_288, new byte[524_288]);
      assertThat(waitingFor(rig)).isEqualTo("the client's next request");
      client.write(100, new byte[1]);
      client.flush();
      client.disconnect();

      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      assertThat(waitingFor(rig))
          .isEqualTo(
              "bytes 4096 to 262143 and others, which no client has written; a client that writes"
                  + " them, or finish with {\"pad\": \"zero\"}, completes the export");
    }
  }

  @Test
  void theEndOfAHead() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      TestClient client = rig.connect();
      client.write(0, new byte[4096]);
      client.disconnect();

      assertThat(waitingFor(rig)).startsWith("bytes 4096 to 1048575, which no client");
    }
  }

  @Test
  void theClientThatGoesOnAndNothingOnceTheStreamHasEnded() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, new byte[200_000]);
      client.hangUp();
      assertThat(waitingFor(rig)).startsWith("bytes 200000 to 1048575, which no client");

      TestClient next = rig.connect();
      next.write(200_000, new byte[1000]);
      assertThat(waitingFor(rig)).isEqualTo("the client's next request");
      next.write(201_000, new byte[MIB - 201_000]);
      assertThat(waitingFor(rig)).startsWith("the end of the clients that have written");
      next.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(rig.stream.status().waitingFor()).isNull();
    }
  }

  @Test
  void aWordWhereZeroesWereGuessed() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, 100_000))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, new byte[100_000]);
      client.write(300_000, new byte[MIB - 300_000]);
      assertThat(client.tryRead(0, 10)).isEqualTo(Status.REFUSED);
      client.disconnect();

      assertThat(rig.state()).isEqualTo(StreamState.INTERRUPTED);
      assertThat(waitingFor(rig)).startsWith("finish with {\"pad\": \"zero\"}: there are zeroes");
    }
  }

  @Test
  void aGoodbyeWithoutASize() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(-1, MIB))) {
      TestClient client = rig.connect();
      client.write(0, new byte[1000]);
      client.disconnect();

      assertThat(waitingFor(rig))
          .isEqualTo("a client that goes on at 1000 and says goodbye, or finish");
    }
  }
}
