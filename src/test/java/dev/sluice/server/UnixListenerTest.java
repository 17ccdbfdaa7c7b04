package dev.sluice.server;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.posix.FilePermissions;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Unix socket of NBD: who may use it, and what may be in its place. */
@Slow("Starts a service for most tests.")
@Timeout(60)
class UnixListenerTest {

  /** A group that only root can give to a file. */
  private static final int OTHER_GROUP = 12_345;

  @TempDir Path folder;

  private UnusableConfigurationException refusal(String name) {
    return catchThrowableOfType(
        UnusableConfigurationException.class,
        () -> UnixListener.listen(at(folder.resolve(name)), FilePermissions.of(0600)));
  }

  private static void close(UnixListener listener) {
    listener.close();
    listener.channel().unsafe().closeForcibly();
  }

  @ParameterizedTest
  @CsvSource({"0600, rw-------", "0660, rw-rw----", "0777, rwxrwxrwx"})
  void itHasItsModeWhateverTheUmask(String mode, String expected) throws Exception {
    try (RunningServer server = RunningServer.start("sluice.nbd.unix-socket-mode=" + mode)) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(server.path("nbd.sock"))))
          .isEqualTo(expected);
      server.export("disk", Direction.READ, 4096);
      try (RawNbdClient client = RawNbdClient.connect(server.unix())) {
        assertThat(client.go("disk").size()).isEqualTo(4096);
      }
    }
  }

  @Test
  void itIsItsUsersAloneUnlessToldOtherwise() throws IOException {
    try (RunningServer server = RunningServer.start()) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(server.path("nbd.sock"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void itHasItsGroup() throws IOException {
    assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0));
    try (RunningServer server =
        RunningServer.start("sluice.nbd.unix-socket-group=" + OTHER_GROUP)) {
      assertThat(Files.getAttribute(server.path("nbd.sock"), "unix:gid")).isEqualTo(OTHER_GROUP);
    }
  }

  @Test
  void itsFileIsRemovedAtTheEnd() {
    RunningServer server = RunningServer.start();
    Path socket = server.path("nbd.sock");
    assertThat(socket).exists();

    server.nbd().stop();

    assertThat(socket).doesNotExist();
    server.close();
  }

  @Test
  void aFileThatIsInItsPlaceByTheEndStays() throws IOException {
    UnixListener listener =
        UnixListener.listen(at(folder.resolve("nbd.sock")), FilePermissions.of(0600));
    Files.delete(folder.resolve("nbd.sock"));
    Files.createFile(folder.resolve("nbd.sock"));

    close(listener);

    assertThat(folder.resolve("nbd.sock")).isRegularFile();
  }

  @Test
  void whatAKilledProcessLeftIsReplaced() throws IOException {
    Path path = folder.resolve("nbd.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();

    UnixListener listener = UnixListener.listen(at(path), FilePermissions.of(0640));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r-----");
    close(listener);
  }

  @Test
  void aSocketThatIsListenedOnIsNot() throws IOException {
    Path path = folder.resolve("nbd.sock");
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(path));

      UnusableConfigurationException refusal = refusal("nbd.sock");

      assertThat(refusal)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("sluice.nbd.unix-socket")
          .hasMessageContaining("another process");
      assertThat(refusal.remedy()).contains("sluice.nbd.unix-socket");
      assertThat(path).exists();
    }
  }

  @Test
  void aRegularFileIsNotEither() throws IOException {
    Files.writeString(folder.resolve("nbd.sock"), "somebody's");

    assertThat(refusal("nbd.sock")).hasMessageContaining("not a socket");
    assertThat(folder.resolve("nbd.sock")).hasContent("somebody's");
  }

  @Test
  void aFolderThatIsNotThere() {
    assertThat(refusal("missing/nbd.sock")).hasMessageContaining("folder does not exist");
  }

  @Test
  void aPathThatNoClientCouldUse() {
    assertThat(refusal("a".repeat(200))).hasMessageContaining("expected: <= 107");
  }
}
