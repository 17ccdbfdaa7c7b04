package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.posix.Fanotify;
import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A FIFO takes any number of readers and writers; each of them has a part of the bytes then. */
@Timeout(30)
class TwoPeersTest {

  private static final int SIZE = 1 << 20;
  private static final int HALF = SIZE / 2;
  private static final byte[] DATA = Bytes.random(SIZE);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static void assertFailed(Rig rig) {
    rig.awaitState(StreamState.FAILED);
    assertThat(rig.failure())
        .contains("opened by 2 processes (expected: 1)")
        .contains("end those that are left from before")
        .contains("at position ");
  }

  /** Which are let in within the same microsecond. */
  @Test
  void twoReadersThatWaitForTheStreamFailIt() throws Exception {
    try (Fanotify exact = Fanotify.ifPermitted()) {
      assumeTrue(exact != null, "this machine permits no fanotify");
    }
    try (Rig rig = Rig.writing(Rig.settings(SIZE, 0));
        Reader first = new Reader(rig.path());
        Reader second = new Reader(rig.path())) {
      first.awaitWait();
      second.awaitWait();
      TestClient client = rig.connect();
      client.tryWrite(0, Bytes.part(DATA, 0, HALF)); // one of them may have it all
      assertFailed(rig);
    }
  }

  /** A process that reads a FIFO. */
  private record Reader(Process process) implements AutoCloseable {

    Reader(Path fifo) throws IOException {
      this(
          new ProcessBuilder("cat", fifo.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    }

    void awaitWait() {
      Path stat = Path.of("/proc/" + process.pid() + "/stat");
      await().until(() -> Files.readString(stat).contains("(cat) S"));
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  @Test
  void aReaderThatComesSecondFailsTheStreamAtOnce() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(SIZE, 0))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(DATA, 0, HALF));
      rig.peerReads(InputStream::readAllBytes);
      assertFailed(rig);
      assertThat(client.tryWrite(HALF, Bytes.part(DATA, HALF, SIZE))).isEqualTo(Status.ENDED);
    }
  }

  @Test
  void aWriterThatComesSecondFailsTheStreamAtOnce() throws Exception {
    try (Rig rig = Rig.reading(Rig.settings(SIZE, 0))) {
      try (TestClient client = rig.connect()) {
        Future<Object> first =
            rig.peerWrites(
                end -> {
                  end.write(DATA);
                  return end;
                });
        assertThat(client.read(0, HALF)).isEqualTo(Bytes.part(DATA, 0, HALF));
        rig.peerWrites(
            end -> {
              end.write(DATA);
              return end;
            });
        assertFailed(rig);
        first.cancel(false);
      }
    }
  }

  /** The second one has written all it had before anybody looks. */
  @Test
  void aWriterThatContinuesAnothersInputFailsTheStream() throws Exception {
    try (Rig rig = Rig.reading(Rig.settings(3 * 1000, 0))) {
      try (TestClient client = rig.connect();
          OutputStream first = openedBy(client, rig)) {
        first.write(new byte[1000]);
        client.receive(1000);
        first.write(new byte[1000]);
        try (OutputStream second = new FileOutputStream(rig.path().toFile())) {
          second.write(new byte[1000]);
        }
      }
      assertFailed(rig);
    }
  }

  /** A writer can open a FIFO only once the stream, which a client's read makes do so, has. */
  private static OutputStream openedBy(TestClient client, Rig rig) throws Exception {
    client.send(TestSession.Operation.READ, 0, 1000);
    return new FileOutputStream(rig.path().toFile());
  }

  @Test
  void thoseWhoLeftBeforeTheStreamOpenedTheFifoDoNotCount() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(SIZE, 0))) {
      for (int i = 0; i < 3; i++) {
        new RandomAccessFile(rig.path().toFile(), "rw").close();
      }
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, DATA);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(DATA);
    }
  }

  /** It may have left bytes in the pipe, which are there as long as anybody has the FIFO open. */
  @Test
  void aWriterThatLeftBeforeTheStreamOpenedTheFifoCounts() throws Exception {
    try (Rig rig = Rig.reading(Rig.settings(SIZE, 0))) {
      RandomAccessFile first = new RandomAccessFile(rig.path().toFile(), "rw");
      first.write(new byte[1000]);
      try (OutputStream _ = new FileOutputStream(rig.path().toFile());
          TestClient client = rig.connect()) {
        first.close();
        client.tryRead(0, 1000);
        assertFailed(rig);
      }
    }
  }

  @Test
  void whatAnEarlierWriterLeftFailsTheStreamThatWouldFollowIt() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(SIZE, 0));
        RandomAccessFile holder = new RandomAccessFile(rig.path().toFile(), "rw")) {
      holder.write(new byte[1000]);
      TestClient client = rig.connect();
      assertThat(client.tryWrite(0, Bytes.part(DATA, 0, HALF))).isEqualTo(Status.ENDED);
      rig.awaitState(StreamState.FAILED);
      assertThat(rig.failure()).contains("holds 1000 bytes of an earlier writer");
    }
  }

  /** As {@code exec 3<>fifo} does; nobody can tell that it reads nothing. */
  @Test
  void whoKeepsTheFifoOpenCounts() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(SIZE, 0));
        RandomAccessFile _ = new RandomAccessFile(rig.path().toFile(), "rw")) {
      rig.peerReads(end -> end.readNBytes(SIZE));
      TestClient client = rig.connect();
      assertThat(client.tryWrite(0, DATA)).isEqualTo(Status.ENDED);
      assertFailed(rig);
    }
  }

  /** A folder that is watched tells of all that happens in it. */
  @Test
  void otherFilesBesideTheFifoDoNotCount() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(SIZE, 0))) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(DATA, 0, HALF));
      Path other = Files.write(rig.path().resolveSibling("other"), DATA);
      for (int i = 0; i < 3; i++) {
        new FileInputStream(other.toFile()).close();
      }
      Files.delete(other);
      client.write(HALF, Bytes.part(DATA, HALF, SIZE));
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(DATA);
    }
  }
}
