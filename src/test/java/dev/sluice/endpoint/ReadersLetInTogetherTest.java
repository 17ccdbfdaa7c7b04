package dev.sluice.endpoint;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Fanotify;
import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.PosixFiles;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Linux lets all readers in at once that wait for a writer. Here they have the highest priority, so
 * that they open the FIFO in the same moment on two processors.
 */
@Slow("hundreds of pairs of processes; inotify alone takes 1 pair in 50 for one reader")
@Timeout(120)
class ReadersLetInTogetherTest {

  private static final int PAIRS = 300;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path root;

  @Test
  void areCountedOneByOne() throws Exception {
    Peers.require("chrt", "cat");
    Peers.requireRoot();
    try (Fanotify exact = Fanotify.ifPermitted()) {
      assumeTrue(exact != null, "this machine permits no fanotify");
    }
    Path path = Fifos.make(root.resolve("fifo"));
    for (int i = 0; i < PAIRS; i++) {
      assertTwoReadersAreCounted(path);
    }
  }

  private void assertTwoReadersAreCounted(Path path) throws Exception {
    List<Process> readers = List.of(reader(path), reader(path));
    try (FifoWatch watch = new FifoWatch();
        Descriptor place = new Descriptor(PosixFiles.openPlace(at(path)));
        Descriptor folder = new Descriptor(PosixFiles.openFolder(at(root)));
        FifoPeers peers = FifoPeers.of(watch, place, folder, "fifo")) {
      readers.forEach(ReadersLetInTogetherTest::awaitWait);
      try (Descriptor _ = peers.open(/* forget= */ true, () -> opened(place))) {
        await()
            .untilAsserted(
                () ->
                    assertThatThrownBy(peers::requireOne)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("opened by 2 processes"));
      }
    } finally {
      for (Process reader : readers) {
        reader.destroy();
        reader.waitFor();
      }
    }
  }

  private static Descriptor opened(Descriptor place) throws ErrnoException {
    return new Descriptor(PosixFiles.openNonBlocking(place.number(), /* forWriting= */ true));
  }

  private static Process reader(Path fifo) throws IOException {
    return new ProcessBuilder("chrt", "--fifo", "50", "cat", fifo.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void awaitWait(Process reader) {
    Path stat = Path.of("/proc/" + reader.pid() + "/stat");
    await().until(() -> Files.readString(stat).contains("(cat) S"));
  }
}
