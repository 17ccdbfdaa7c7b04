package dev.sluice.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The service on a machine whose Linux has no openat2(2), or forbids it. */
class WithoutOpenat2IT {

  private static final int OPENAT2 = 437;

  /** How the call fails (asm-generic/errno.h). */
  enum How {
    /** Linux before 5.6, systemd's RestrictSUIDSGID and new seccomp profiles. */
    MISSING(38),
    /** Old seccomp profiles. */
    FORBIDDEN(1);

    private final int errno;

    How(int errno) {
      this.errno = errno;
    }
  }

  private static final Disk DISK = Disks.random(64L * Disks.MIB);

  @BeforeAll
  static void requirePeers() {
    Peers.require("python3", "nbdcopy");
  }

  @ParameterizedTest
  @EnumSource
  void streamsAreTheSameAndNoLinkLeadsOut(How how) throws IOException {
    Path root = Workspace.newPath("root");
    try (SluiceProcess sluice = SluiceProcess.start(root, jar -> without(how, jar))) {
      assertThat(sluice.log())
          .containsOnlyOnce("openat2(2) is missing or forbidden here")
          .contains("no symbolic link in a path is followed");
      assertThat(sluice.api().statusOf("/readyz")).isEqualTo(200);

      assertStreams(sluice);
      assertNobodyGetsOut(sluice);
    }
  }

  private static Command without(How how, Command jar) {
    return jar.behind(Command.python(WithoutOpenat2IT.class, "forbidding.py", OPENAT2, how.errno));
  }

  private static void assertStreams(SluiceProcess sluice) {
    try (WriteTrial written = WriteTrial.of(sluice, DISK);
        ReadTrial read = ReadTrial.of(sluice, DISK)) {
      Command.of("nbdcopy", DISK.path(), written.uri(Transport.TCP)).run().assertSucceeded();
      written.assertComplete();
      Command.of("nbdcopy", read.uri(Transport.TCP), read.copy()).run().assertSucceeded();
      read.assertComplete();
    }
    assertThat(sluice.root()).isEmptyDirectory();
  }

  private static void assertNobodyGetsOut(SluiceProcess sluice) throws IOException {
    Path root = sluice.root();
    Path inside = Files.createDirectories(root.resolve("some/folder"));
    Path outside = Workspace.newFolder("outside");
    Path fifo = outside.resolve("fifo");
    Command.of("mkfifo", fifo).run().assertSucceeded();
    Files.createSymbolicLink(root.resolve("folder-outside"), outside);
    Files.createSymbolicLink(inside.resolve("fifo-outside"), fifo);
    Files.createSymbolicLink(inside.resolve("up"), Path.of("../../.."));
    Files.createSymbolicLink(root.resolve("folder-inside"), inside);

    sluice.api().create("inside", inside.resolve("pipe"), "write", 1L, Map.of());
    assertThat(inside.resolve("pipe")).exists();
    assertThat(sluice.api().delete("inside", false)).isEqualTo(204);

    for (String path :
        List.of(
            "folder-outside/pipe",
            "folder-outside/fifo",
            "some/folder/fifo-outside",
            "some/folder/up/pipe",
            "folder-inside/pipe")) {
      assertThat(sluice.api().refused(root.resolve(path), "write", 400))
          .contains("a symbolic link is in it", "openat2(2)");
    }
    for (String path : List.of("../pipe", "some/../../pipe", "some/./folder/pipe")) {
      assertThat(sluice.api().refused(root.resolve(path), "write", 400)).contains("'.' or '..'");
    }
    assertThat(sluice.api().list()).isEmpty();
    assertThat(outside).isDirectoryContaining(fifo::equals);
    assertThat(outside).isDirectoryNotContaining(file -> !file.equals(fifo));
    assertThat(inside).isDirectoryNotContaining("glob:**pipe");
  }
}
