package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that come back after a cut, and send again what may or may not have been served. */
@Timeout(30)
class RepeatedWriteTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final byte[] data = Bytes.random(4 * MIB);

  private Rig rig(long resumeWindow) throws IOException {
    return Rig.writing(Rig.settings(data.length, MIB).withResumeWindow(resumeWindow));
  }

  private void write(TestClient client, int from, int to) throws IOException {
    client.write(from, Bytes.part(data, from, to));
  }

  private Status tryWrite(TestClient client, int from, int to) throws IOException {
    return client.tryWrite(from, Bytes.part(data, from, to));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100_000})
  void theRequestThatWasCutMayBeSentAgain(long resumeWindow) throws Exception {
    try (Rig rig = rig(resumeWindow)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, MIB);
      first.sendWrite(MIB, Bytes.part(data, MIB, 2 * MIB), 300_000);
      first.hangUp();
      rig.awaitPosition(MIB + 1);

      TestClient again = rig.connect();
      write(again, MIB, 2 * MIB);
      assertThat(rig.position()).isEqualTo(2 * MIB);
      again.sendWrite(2 * MIB, Bytes.part(data, 2 * MIB, 3 * MIB), 300_000);
      again.hangUp();

      TestClient last = rig.connect();
      write(last, 2 * MIB, 3 * MIB);
      write(last, 3 * MIB, 4 * MIB);
      last.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void requestsThatWereServedMayBeSentAgainInAnyOrder() throws Exception {
    try (Rig rig = rig(0)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, 100_000);
      write(first, 100_000, 200_000);
      first.zeroes(200_000, 50_000);
      Arrays.fill(data, 200_000, 250_000, (byte) 0);
      write(first, 250_000, MIB);
      first.hangUp();

      TestClient again = rig.connect();
      write(again, 250_000, MIB);
      again.zeroes(200_000, 50_000);
      write(again, 100_000, 200_000);
      write(again, MIB, 4 * MIB);
      again.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void theLastRequestOfADiskMayBeSentAgain() throws Exception {
    try (Rig rig = rig(0)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, MIB);
      first.hangUp();
      TestClient second = rig.connect();
      write(second, MIB, 4 * MIB);
      second.hangUp();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void onlyExactlyTheSameRequestIsTheSame() throws Exception {
    for (int wrong = 0; wrong < 4; wrong++) {
      try (Rig rig = rig(0)) {
        rig.peerReads(InputStream::readAllBytes);
        TestClient first = rig.connect();
        write(first, 0, 100_000);
        write(first, 100_000, 200_000);
        first.hangUp();

        TestClient other = rig.connect();
        Status status =
            switch (wrong) {
              case 0 -> tryWrite(other, 0, 100_000);
              case 1 -> tryWrite(other, 100_000, 200_001);
              case 2 -> tryWrite(other, 99_999, 200_000);
              default -> other.request(Operation.ZEROES, 100_000, 100_000);
            };
        assertThat(status).isEqualTo(Status.REFUSED);
        assertThat(tryWrite(other, 200_000, 300_000)).isEqualTo(Status.REFUSED);
        assertThat(rig.position()).isEqualTo(200_000);
      }
    }
  }

  @Test
  void aClientThatSaidGoodbyeOrIsThereSendsNothingAgain() throws Exception {
    try (Rig rig = rig(0)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, 100_000);
      write(first, 100_000, 200_000);
      TestClient second = rig.connect();
      assertThat(tryWrite(second, 100_000, 200_000)).isEqualTo(Status.REFUSED);
      write(first, 200_000, 300_000);
      assertThat(tryWrite(first, 200_000, 300_000)).isEqualTo(Status.REFUSED);
      first.disconnect();
      TestClient third = rig.connect();
      assertThat(tryWrite(third, 200_000, 300_000)).isEqualTo(Status.REFUSED);
    }
  }

  @Test
  void whatAnotherClientHasWrittenSinceIsNotTheSameAnyMore() throws Exception {
    try (Rig rig = rig(0)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, MIB);
      first.sendWrite(MIB, Bytes.part(data, MIB, 2 * MIB), 300_000);
      first.hangUp();
      int position = (int) rig.position();

      TestClient other = rig.connect();
      write(other, position, position + 1000);
      TestClient again = rig.connect();
      assertThat(tryWrite(again, MIB, 2 * MIB)).isEqualTo(Status.REFUSED);
      assertThat(rig.position()).isEqualTo(position + 1000);
    }
  }

  @Test
  void aRequestThatWasCutAheadOfThePositionHasNotBeenServed() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(data.length, 150_000))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, 100_000);
      write(first, 200_000, 300_000);
      first.sendWrite(200_000, Bytes.part(data, 0, 100_000), 50_000);
      first.hangUp();

      TestClient again = rig.connect();
      write(again, 100_000, 200_000);
      write(again, 400_000, 500_000); // for which what was kept has to go
      assertThat(rig.position()).isEqualTo(300_000);
      assertThat(again.tryWrite(200_000, Bytes.part(data, 0, 100_000))).isEqualTo(Status.REFUSED);
    }
  }

  @Test
  void aClientComesBackWhileItsLastRequestWaitsForThePeer() throws Exception {
    byte[] big = Bytes.random(20 * MIB);
    CountDownLatch read = new CountDownLatch(1);
    try (Rig rig = Rig.writing(Rig.settings(big.length, MIB))) {
      Future<byte[]> peer =
          rig.peerReads(
              in -> {
                assertThat(read.await(15, TimeUnit.SECONDS)).isTrue();
                return in.readAllBytes();
              });
      TestClient first = rig.connect();
      first.write(0, Bytes.part(big, 0, 100_000));
      Future<Status> cut =
          rig.inThread(() -> first.tryWrite(100_000, Bytes.part(big, 100_000, 16 * MIB)));
      Rig.awaitWaitIn("awaitEndpoint");
      TestClient again = rig.connect();
      first.close();
      Future<Status> repeated =
          rig.inThread(() -> again.tryWrite(100_000, Bytes.part(big, 100_000, 16 * MIB)));
      read.countDown();
      await().until(cut::isDone);
      assertThat(repeated.get()).isEqualTo(Status.OK);
      again.write(16 * MIB, Bytes.part(big, 16 * MIB, big.length));
      again.disconnect();
      rig.awaitState(StreamState.COMPLETED);
      assertThat(Arrays.equals(peer.get(), big)).isTrue();
    }
  }

  @Test
  void whatAClientHadSentBeforeItHungUpIsNotServedOnceAnotherHasWrittenThere() throws Exception {
    byte[] big = Bytes.random(20 * MIB);
    CountDownLatch read = new CountDownLatch(1);
    try (Rig rig = Rig.writing(Rig.settings(big.length, MIB))) {
      Future<byte[]> peer =
          rig.peerReads(
              in -> {
                assertThat(read.await(15, TimeUnit.SECONDS)).isTrue();
                return in.readAllBytes();
              });
      TestClient again = rig.connect();
      again.write(18 * MIB, Bytes.part(big, 18 * MIB, 18 * MIB + 1000));
      Future<Status> waiting = rig.inThread(() -> again.tryWrite(0, Bytes.part(big, 0, 16 * MIB)));
      Rig.awaitWaitIn("awaitEndpoint");
      TestClient gone = rig.connect();
      gone.sendWrite(18 * MIB, new byte[1000]);
      gone.close();
      read.countDown();
      assertThat(waiting.get()).isEqualTo(Status.OK);
      await().until(() -> !gone.isServed());
      again.write(16 * MIB, Bytes.part(big, 16 * MIB, 18 * MIB));
      again.write(18 * MIB + 1000, Bytes.part(big, 18 * MIB + 1000, big.length));
      again.disconnect();
      rig.awaitState(StreamState.COMPLETED);
      assertThat(Arrays.equals(peer.get(), big)).isTrue();
    }
  }

  @Test
  void bytesOfTheResumeWindowMayBeWrittenAgainInAnyShape() throws Exception {
    try (Rig rig = rig(100_000)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, MIB);
      first.hangUp();
      assertThat(rig.memory.used()).isEqualTo(100_000);

      TestClient again = rig.connect();
      write(again, MIB - 100_000, MIB - 50_000);
      write(again, MIB - 99_999, MIB);
      write(again, MIB - 1, MIB + 70_000);
      assertThat(rig.position()).isEqualTo(MIB + 70_000);
      write(again, MIB + 70_000, 4 * MIB);
      again.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(rig.memory.used()).isZero();
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aDiskThatIsInTheResumeWindowAsAWholeMayBeginAgain() throws Exception {
    try (Rig rig = rig(2 * MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, MIB);
      first.hangUp();
      TestClient again = rig.connect();
      write(again, 0, 3 * MIB);
      write(again, 3 * MIB, 4 * MIB);
      again.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void otherBytesThanThoseOfTheResumeWindowAreRefused() throws Exception {
    try (Rig rig = rig(100_000)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, 0, MIB);
      first.zeroes(MIB, 50_000);
      first.hangUp();

      TestClient other = rig.connect();
      byte[] different = Bytes.part(data, MIB - 1000, MIB + 1000);
      Arrays.fill(different, 1000, 2000, (byte) 0);
      different[1999] = 1;
      assertThat(other.tryWrite(MIB - 1000, different)).isEqualTo(Status.REFUSED);
      assertThat(rig.failure())
          .contains("a new client began at " + (MIB - 1000))
          .contains("its bytes are not those that the peer was given");
      assertThat(rig.connect().tryWrite(MIB, new byte[50_000])).isEqualTo(Status.OK);
      assertThat(rig.connect().request(Operation.ZEROES, MIB - 1, 2)).isEqualTo(Status.REFUSED);
      assertThat(rig.position()).isEqualTo(MIB + 50_000);
      assertThat(peer).isNotDone();
    }
  }
}
