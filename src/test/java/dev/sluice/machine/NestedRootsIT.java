package dev.sluice.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two services, one of which has its root within the other's: no FIFO is ever both's. */
class NestedRootsIT {

  /** On a busy machine; it takes a few seconds. */
  private static final Duration ENDS_WITHIN = Duration.ofMinutes(3);

  private static final Disk DISK = Disks.random(16L * Disks.MIB);

  private Path outer;
  private Path inner;

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy");
  }

  @BeforeEach
  void makeFolders() throws IOException {
    outer = Workspace.newFolder("outer");
    inner = Files.createDirectory(outer.resolve("inner"));
  }

  @Test
  void theOuterOneTakesNothingInTheInnerOnesRootAndBothStream() {
    try (SluiceProcess one = SluiceProcess.start(outer, jar -> jar);
        SluiceProcess other = SluiceProcess.start(inner, jar -> jar)) {
      try (WriteTrial theirs = WriteTrial.of(other, DISK);
          WriteTrial mine = WriteTrial.of(one, DISK)) {
        for (Path fifo : new Path[] {theirs.export().path(), inner.resolve("another")}) {
          assertThat(one.api().refused(fifo, "write", 400))
              .contains("another service, process " + other.process().pid(), "has the folder");
        }
        write(theirs);
        write(mine);
      }
    }
  }

  private static void write(WriteTrial trial) {
    Command.of("nbdcopy", DISK.path(), trial.uri(Transport.TCP)).run().assertSucceeded();
    trial.assertComplete();
  }

  @Test
  void aServiceDoesNotStartWithARootThatHasAFifoOfAnother() {
    try (SluiceProcess one = SluiceProcess.start(outer, jar -> jar)) {
      one.api().create("mine", inner.resolve("pipe"), "write", DISK.size(), Map.of());

      assertThat(outputOfFailedStart())
          .contains("APPLICATION FAILED TO START")
          .contains("another service, process " + one.process().pid())
          .contains("has the folder " + inner + " already");

      assertThat(one.api().delete("mine", false)).isEqualTo(204);
      SluiceProcess.start(inner, jar -> jar).close();
    }
  }

  private String outputOfFailedStart() {
    Command start =
        SluiceProcess.jar()
            .with(
                "--server.port=0",
                "--sluice.nbd.port=0",
                "--sluice.exports.roots=" + inner,
                "--sluice.exports.store=none");
    try (Command.Running running = start.start()) {
      return running.await(ENDS_WITHIN).assertFailed().output();
    }
  }
}
