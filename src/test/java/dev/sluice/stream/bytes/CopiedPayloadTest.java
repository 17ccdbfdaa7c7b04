package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.Rig.Near;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client or a peer that sends its file with sendfile(2), as Java's {@code transferTo} does, and
 * changes the file as soon as that was taken, before the other side has read it.
 */
@Timeout(30)
class CopiedPayloadTest {

  private static final int LENGTH = 200_000;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir Path folder;

  private final byte[] before = Bytes.random(LENGTH);
  private final byte[] after = inverted(before);

  private static byte[] inverted(byte[] bytes) {
    byte[] inverted = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      inverted[i] = (byte) ~bytes[i];
    }
    return inverted;
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(
        folder.resolve("disk"),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  /** What the peer gets. */
  private byte[] delivered(Far far, Near near, StreamSettings settings) throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    try (Rig rig = new Rig(Direction.WRITE, far, Payload.SPLICED, near, settings);
        FileChannel file = open()) {
      Future<byte[]> peer =
          rig.peerReads(
              in -> {
                assertThat(read.await(15, TimeUnit.SECONDS)).isTrue();
                return in.readAllBytes();
              });
      file.write(ByteBuffer.wrap(before), 0);
      TestClient client = rig.connect();
      assertThat(client.trySendFile(0, file, LENGTH)).isEqualTo(Status.OK);
      file.write(ByteBuffer.wrap(after), 0);
      read.countDown();
      client.disconnect();
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
      return peer.get();
    }
  }

  @ParameterizedTest
  @CsvSource({"FIFO, TCP", "FIFO, UNIX", "SOCKET, TCP", "SOCKET, UNIX"})
  void whatIsCopiedStaysAsItWas(Far far, Near near) throws Exception {
    StreamSettings settings = Rig.settings(-1, 0).withCopy(true);
    assertThat(delivered(far, near, settings)).isEqualTo(before);
  }

  /** The limit of the promise: what is not copied is either the one or the other, page by page. */
  @ParameterizedTest
  @EnumSource
  void whatIsNotCopiedMayChangeUntilThePeerHasReadIt(Near near) throws Exception {
    byte[] got = delivered(Far.FIFO, near, Rig.settings(-1, 0));
    assertThat(got).hasSize(LENGTH);
    for (int at = 0; at < LENGTH; at++) {
      assertThat(got[at]).isIn(before[at], after[at]);
    }
  }

  /**
   * What the client gets from a peer that sends its file, and changes it once a reply has begun.
   */
  private byte[] received(Near near, StreamSettings settings) throws Exception {
    CountDownLatch replied = new CountDownLatch(1);
    try (Rig rig = new Rig(Direction.READ, Far.FIFO, Payload.SPLICED, near, settings);
        FileChannel file = open()) {
      file.write(ByteBuffer.wrap(before), 0);
      Future<Object> peer =
          rig.inThread(
              () -> {
                try (FileChannel fifo = FileChannel.open(rig.path(), StandardOpenOption.WRITE)) {
                  for (long sent = 0; sent < LENGTH; ) {
                    sent += file.transferTo(sent, LENGTH - sent, fifo);
                  }
                  assertThat(replied.await(15, TimeUnit.SECONDS)).isTrue();
                  return file.write(ByteBuffer.wrap(after), 0);
                }
              });
      TestClient client = rig.connect();
      assertThat(client.tryRead(0, LENGTH)).isEqualTo(Status.OK);
      replied.countDown();
      peer.get();
      byte[] got = client.receive(LENGTH).array();
      client.disconnect();
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      return got;
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAPeerSentIsCopiedBeforeTheReply(Near near) throws Exception {
    assertThat(received(near, Rig.settings(LENGTH, 0).withCopy(true))).isEqualTo(before);
  }
}
