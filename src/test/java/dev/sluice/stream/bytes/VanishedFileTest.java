package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.Rig.Far;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file that peers shall open, and that somebody removes, as a cleaner of /tmp does. */
@Timeout(30)
class VanishedFileTest {

  private static final byte[] DATA = Bytes.random(1 << 18);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static Rig rig(Far far) throws IOException {
    return new Rig(
        Direction.WRITE, far, SocketTransport.Payload.SPLICED, Rig.settings(DATA.length, 0));
  }

  private static void assertFailed(Rig rig, String kind) {
    rig.awaitState(StreamState.FAILED);
    assertThat(rig.failure())
        .contains("its " + kind + ", which nobody had opened yet, was removed or replaced")
        .contains("make it again")
        .contains("at position 0");
  }

  private static String kind(Far far) {
    return far == Far.FIFO ? "FIFO" : "socket";
  }

  @ParameterizedTest
  @EnumSource(names = {"FIFO", "LISTENING"})
  void aStreamWhoseFileIsRemovedBeforeItIsOpenFailsAtOnce(Far far) throws Exception {
    try (Rig rig = rig(far)) {
      Files.delete(rig.path());
      assertFailed(rig, kind(far));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FIFO", "LISTENING"})
  void aStreamWhoseFileIsMovedAwayFailsAtOnce(Far far) throws Exception {
    try (Rig rig = rig(far)) {
      Path moved = rig.path().resolveSibling("moved");
      Files.move(rig.path(), moved);
      assertFailed(rig, kind(far));
      Files.delete(moved);
    }
  }

  @Test
  void anotherFileInItsPlaceFailsItAndStays() throws Exception {
    try (Rig rig = rig(Far.FIFO)) {
      Path other = Files.createFile(rig.path().resolveSibling("other"));
      Files.move(other, rig.path(), StandardCopyOption.ATOMIC_MOVE);
      assertFailed(rig, "FIFO");
      assertThat(rig.path()).isRegularFile();
      Files.delete(rig.path());
    }
  }

  @Test
  void anAttributeThatChangesIsNoEnd() throws Exception {
    try (Rig rig = rig(Far.FIFO)) {
      Files.setPosixFilePermissions(rig.path(), PosixFilePermissions.fromString("rw-rw-rw-"));
      Path link = Files.createLink(rig.path().resolveSibling("link"), rig.path());
      Files.delete(link);
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, DATA);
      assertThat(peer.get()).isEqualTo(DATA);
      rig.awaitState(StreamState.COMPLETED);
    }
  }

  @Test
  void aNameThatIsRemovedOnceThePeerHasTheFifoIsNoEnd() throws Exception {
    try (Rig rig = rig(Far.FIFO)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(0, Bytes.part(DATA, 0, DATA.length / 2));
      await().until(() -> rig.stream.status().position() > 0);
      Files.delete(rig.path());
      client.write(DATA.length / 2, Bytes.part(DATA, DATA.length / 2, DATA.length));
      assertThat(peer.get()).isEqualTo(DATA);
      rig.awaitState(StreamState.COMPLETED);
    }
  }
}
