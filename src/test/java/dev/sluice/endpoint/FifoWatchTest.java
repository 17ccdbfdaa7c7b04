package dev.sluice.endpoint;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.PosixFiles;
import dev.sluice.testing.Command;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who opens FIFOs is told, whoever has read of it. */
@Timeout(20)
class FifoWatchTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path root;

  @RepeatedTest(20)
  void anAlarmIsToldOfWhatAnotherThreadHasRead() throws Exception {
    Path path = Fifos.make(root.resolve("fifo"));
    CountDownLatch told = new CountDownLatch(1);
    try (FifoWatch watch = new FifoWatch();
        Descriptor place = new Descriptor(PosixFiles.openPlace(at(path)));
        Descriptor folder = new Descriptor(PosixFiles.openFolder(at(root)));
        FifoPeers peers = FifoPeers.of(watch, place, folder, "fifo");
        RandomAccessFile own = new RandomAccessFile(path.toFile(), "rw")) {
      synchronized (watch) {
        watch.readAll();
        peers.open(false, () -> place); // which counts the one that was opened as this service's
      }
      peers.onAlarm(told::countDown);
      try (RandomAccessFile first = new RandomAccessFile(path.toFile(), "rw");
          RandomAccessFile second = open(watch, path)) {
        assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  @Test
  void whatCameBeforeAnExportDoesNotCountForIt() throws Exception {
    Path path = Fifos.make(root.resolve("fifo"));
    try (FifoWatch watch = new FifoWatch();
        Descriptor place = new Descriptor(PosixFiles.openPlace(at(path)))) {
      synchronized (watch) { // so that its thread reads nothing
        FifoPeers earlier = FifoPeers.of(watch, place, null, "fifo");
        for (int i = 0; i < 3; i++) {
          Command.of("sh", "-c", ": 3<>\"$0\"", path).run().assertSucceeded();
        }
        earlier.close();
        try (FifoPeers later = FifoPeers.of(watch, place, null, "fifo")) {
          later.open(false, () -> place); // which counts as this service's
          assertThatCode(later::requireOne).doesNotThrowAnyException();
        }
      }
    }
  }

  /** Before the watch's own thread can wake up. */
  private static RandomAccessFile open(FifoWatch watch, Path path) throws Exception {
    synchronized (watch) {
      RandomAccessFile second = new RandomAccessFile(path.toFile(), "rw");
      watch.readAll();
      return second;
    }
  }
}
