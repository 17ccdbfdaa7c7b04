package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An export as a file of a file system, by {@code nbdfuse}. */
@ExtendWith(LeavesNothingBehind.class)
class NbdfuseIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdfuse", "fusermount3", "dd", "cat", "blkid", "nbdcopy");
  }

  /** What blkid ends with at a disk of random bytes. */
  private static final int NOTHING_FOUND = 2;

  private final Path mountPoint = Workspace.newFolder("mnt");
  private final Path file = mountPoint.resolve("disk");

  @AfterEach
  void unmountIfATestDidNot() {
    if (mountPoint.toFile().exists()) {
      Command.of("fusermount3", "-u", "-z", mountPoint).run();
      Workspace.remove(mountPoint);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDFUSE)
  void ddIntoTheFileWritesTheDisk(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random());
        Command.Running nbdfuse = mount(trial.uri(transport))) {
      Command.of("dd", "if=" + Disks.random().path(), "of=" + file, "bs=1M", "conv=notrunc")
          .run()
          .assertSucceeded();
      unmount(nbdfuse);
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.NBDFUSE_READS)
  void catOfTheFileReadsTheDisk(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random(), Map.of("acceptClose", true));
        Command.Running nbdfuse = mount(trial.uri(transport))) {
      Command.of("cat", file).into(trial.copy()).run().assertSucceeded();
      unmount(nbdfuse);
      trial.assertComplete();
    }
  }

  @Test
  @Shows(ClientRow.BLKID_WRITE)
  void blkidLooksAtAWriteExport() {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      blkid(trial.uri(Transport.TCP));
      assertThat(trial.now().state()).isEqualTo("WAITING");
      Writer.NBDCOPY.command(Disks.random(), trial.uri(Transport.TCP)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  /** It looks at the first megabytes, which have to be kept, and tries the last ones. */
  @Test
  @Shows(ClientRow.BLKID_READ)
  void blkidLooksAtAReadExportWithALargerHead() {
    Disk disk = Disks.random(64L * Disks.MIB);
    try (ReadTrial trial = ReadTrial.of(disk, Map.of("headWindow", "16M", "reorderWindow", 0))) {
      blkid(trial.uri(Transport.TCP));
      assertThat(trial.now().state()).isEqualTo("WAITING");
      Reader.NBDCOPY.command(trial.uri(Transport.TCP), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  private void blkid(URI uri) {
    try (Command.Running nbdfuse = mount(uri)) {
      assertThat(Command.of("blkid", "-p", file).run().exitCode()).isEqualTo(NOTHING_FOUND);
      unmount(nbdfuse);
    }
  }

  private Command.Running mount(URI uri) {
    Path ready = Workspace.newPath("pid");
    Command.Running nbdfuse = Command.of("nbdfuse", "--pidfile", ready, file, uri).start();
    await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(ready) || !nbdfuse.isAlive());
    return nbdfuse;
  }

  private void unmount(Command.Running nbdfuse) {
    Command.of("fusermount3", "-u", mountPoint).run().assertSucceeded();
    nbdfuse.await().assertSucceeded();
    Workspace.remove(mountPoint);
  }
}
