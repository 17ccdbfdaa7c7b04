package dev.sluice.clients;

import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An export as a file of a file system, by {@code nbdfuse}. */
@ExtendWith(LeavesNothingBehind.class)
class NbdfuseIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdfuse", "fusermount3", "dd", "cat");
  }

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
  void catOfTheFileReadsTheDisk(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random());
        Command.Running nbdfuse = mount(trial.uri(transport))) {
      Command.of("cat", file).into(trial.copy()).run().assertSucceeded();
      unmount(nbdfuse);
      trial.assertComplete();
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
