package dev.sluice.endpoint;

import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.Folders;
import dev.sluice.posix.LeakCheck;
import dev.sluice.testing.ChildJvm;
import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has a root, and that nobody else has it. */
@Timeout(20)
class EndpointRootsTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path folder;

  @Test
  void aRootBelongsToOneServiceWhichTheNextOneIsToldOf() throws IOException {
    try (EndpointRoots first = EndpointRoots.open(all(folder))) {
      assertThat(first.warnings()).isEmpty();
      assertThatExceptionOfType(RootInUseException.class)
          .isThrownBy(() -> EndpointRoots.open(all(folder)))
          .withMessageContaining("process " + ProcessHandle.current().pid())
          .withMessageContaining(folder.toString());
    }
    EndpointRoots.open(all(folder)).close();
  }

  @Test
  void aRootBelongsToOneServiceByWhateverName() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), root);
    try (EndpointRoots _ = EndpointRoots.open(all(root))) {
      assertThatExceptionOfType(RootInUseException.class)
          .isThrownBy(() -> EndpointRoots.open(all(link)));
    }
  }

  @Test
  void aServiceMayNameARootTwiceAndAnotherWithinIt() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    Path inner = Files.createDirectory(root.resolve("inner"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), root);
    try (EndpointRoots roots = EndpointRoots.open(all(root, link, inner, root))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      for (Path name : List.of(root, link, inner)) {
        try (Endpoint endpoint = factory.claim(at(name.resolve("pipe")), Flow.TO_PEER)) {
          assertThat(endpoint.isPipe()).isTrue();
        }
      }
    }
  }

  @Test
  void aServiceThatGetsNotAllRootsKeepsNone() throws IOException {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path other = Files.createDirectory(folder.resolve("other"));
    try (EndpointRoots _ = EndpointRoots.open(all(other))) {
      assertThatExceptionOfType(RootInUseException.class)
          .isThrownBy(() -> EndpointRoots.open(all(one, other)));
    }
    EndpointRoots.open(all(one, other)).close();
  }

  @Test
  void anotherFolderInItsPlaceIsToldAndNotUsed() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    try (EndpointRoots roots = EndpointRoots.open(all(root))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      try (Endpoint _ = factory.claim(at(root.resolve("pipe")), Flow.TO_PEER)) {
        Path moved = Files.move(root, folder.resolve("moved"));
        Files.createDirectory(root);
        assertThat(factory.troubles()).singleElement().asString().contains("another folder");
        assertThatExceptionOfType(RefusedEndpointException.class)
            .isThrownBy(() -> factory.claim(at(root.resolve("other")), Flow.TO_PEER))
            .matches(RefusedEndpointException::isBecauseOfRoot);
        assertThat(root).isEmptyDirectory();
        assertThat(moved.resolve("pipe")).exists();
      }
      assertThat(folder.resolve("moved")).isEmptyDirectory();
    }
  }

  @Test
  void aRootThatWasMadeAndHasGoneIsMadeAnew() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    try (EndpointRoots roots = EndpointRoots.open(all(root), Set.of(at(root)))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      Endpoint old = factory.claim(at(root.resolve("old")), Flow.TO_PEER);
      Files.delete(root.resolve("old"));
      Files.delete(root);
      assertThat(factory.troubles()).isEmpty();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
          .isEqualTo("rwx------");
      try (Endpoint _ = factory.claim(at(root.resolve("pipe")), Flow.TO_PEER)) {
        assertThat(root.resolve("pipe")).exists();
        old.close();
      }
      assertThatExceptionOfType(RootInUseException.class)
          .isThrownBy(() -> EndpointRoots.open(all(root)));
    }
  }

  @Test
  void aRootOfSomebodyElsesThatHasGoneIsTold() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    try (EndpointRoots roots = EndpointRoots.open(all(root))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      Files.delete(root);
      assertThat(factory.troubles()).singleElement().asString().contains(root + " has gone");
      assertThat(root).doesNotExist();
    }
  }

  @Test
  void aRootThatOthersMayWriteToSinceTheStartIsToldAndNotUsed() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwx---"));
    try (EndpointRoots roots = EndpointRoots.open(all(root))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      assertThat(factory.troubles()).isEmpty();
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertThat(factory.troubles())
          .singleElement()
          .asString()
          .contains(root + " was user ", "with mode 0770 at the start", "with mode 0777");
      assertThatExceptionOfType(RefusedEndpointException.class)
          .isThrownBy(() -> factory.claim(at(root.resolve("pipe")), Flow.TO_PEER))
          .matches(RefusedEndpointException::isBecauseOfRoot);
      assertThat(root).isEmptyDirectory();

      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
      assertThat(factory.troubles()).isEmpty();
    }
  }

  /** Whoever may write to it could have put another socket, or FIFO, in the place. */
  @Test
  void nothingIsReachedInARootThatOthersMayWriteToSince() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    Path socket = root.resolve("socket");
    try (EndpointRoots roots = EndpointRoots.open(all(root));
        ServerSocketChannel peer = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      peer.bind(UnixDomainSocketAddress.of(socket));
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      try (Endpoint endpoint = factory.claim(at(socket), Flow.TO_PEER)) {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(endpoint::tryOpen)
            .withMessageContaining("with mode 0777 now");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        assertThat(endpoint.tryOpen()).isTrue();
      }
    }
  }

  @Test
  void aRootThatWasGivenToAnotherUserIsTold() throws IOException {
    Peers.requireRoot();
    Path root = Files.createDirectory(folder.resolve("root"));
    try (EndpointRoots roots = EndpointRoots.open(all(root))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      Files.setAttribute(root, "unix:uid", 54_321);
      assertThat(factory.troubles()).singleElement().asString().contains("is user 54321's");
    }
  }

  @Test
  void aRootThatTakesNoFifosIsTold() throws IOException {
    Path mine = Path.of("/proc/" + ProcessHandle.current().pid());
    try (EndpointRoots roots = EndpointRoots.open(all(mine))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      assertThat(factory.troubles())
          .singleElement()
          .asString()
          .contains("no FIFO can be made in " + mine);
    }
  }

  @Test
  void aRootThatTookAFifoIsNotWrittenToEachTimeItIsAskedAfter() throws IOException {
    try (EndpointRoots roots = EndpointRoots.open(all(folder))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      assertThat(factory.troubles()).isEmpty();
      Files.setLastModifiedTime(folder, FileTime.from(Instant.EPOCH));

      assertThat(factory.troubles()).isEmpty();

      assertThat(Files.getLastModifiedTime(folder).toInstant()).isEqualTo(Instant.EPOCH);
    }
  }

  @Test
  void aRootThatCannotBeWrittenAnyMoreIsToldUntilItCan() throws IOException {
    Peers.requireRoot();
    Peers.require("mount", "umount");
    Path root = Files.createDirectory(folder.resolve("root"));
    Command.of("mount", "-t", "tmpfs", "tmpfs", root).run().assertSucceeded();
    try (EndpointRoots roots = EndpointRoots.open(all(root))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      assertThat(factory.troubles()).isEmpty();

      Command.of("mount", "-o", "remount,ro", root).run().assertSucceeded();

      assertThat(factory.troubles())
          .singleElement()
          .asString()
          .contains("no FIFO can be made in " + root, "Read-only");
      Command.of("mount", "-o", "remount,rw", root).run().assertSucceeded();
      assertThat(factory.troubles()).isEmpty();
    } finally {
      Command.of("umount", root).run().assertSucceeded();
    }
  }

  @Test
  void aRootThatIsFullIsNotThePathsFault() throws IOException {
    Peers.requireRoot();
    Peers.require("mount", "umount");
    Path root = Files.createDirectory(folder.resolve("root"));
    Command.of("mount", "-t", "tmpfs", "-o", "nr_inodes=2", "tmpfs", root).run().assertSucceeded();
    try (EndpointRoots roots = EndpointRoots.open(all(root))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      assertThat(factory.troubles()).isEmpty();
      Files.createFile(root.resolve("last"));

      assertThatExceptionOfType(RefusedEndpointException.class)
          .isThrownBy(() -> factory.claim(at(root.resolve("pipe")), Flow.TO_PEER))
          .matches(RefusedEndpointException::isBecauseOfRoot)
          .withMessageContaining("No space");
      assertThat(factory.troubles()).singleElement().asString().contains("No space");
    } finally {
      Command.of("umount", root).run().assertSucceeded();
    }
  }

  @Test
  void aGroupThatIsNoneOfTheServicesIsToldWithItsKey() {
    Peers.require("setpriv");
    assertThat(
            ChildJvm.ordinary("-chown", ChildJvm.of(OtherGroup.class, folder))
                .run()
                .assertSucceeded()
                .output())
        .contains("no FIFO can be made in " + folder, "sluice.exports.fifo-group");
    assertThat(folder).isEmptyDirectory();
  }

  /** Prints what keeps FIFOs of a group from being made. */
  static final class OtherGroup {
    public static void main(String[] arguments) throws IOException {
      try (EndpointRoots roots = EndpointRoots.open(all(Path.of(arguments[0])))) {
        System.out.println(new EndpointFactory(roots, 0600, 54_321).troubles());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1777, 1, 0, false",
    "1777, 1, 1, true",
    "1777, 1, 2, true",
    "1770, 1, 1, false",
    "1770, 1, 2, true",
    "1755, 1, 2, false",
    "0777, 1, 2, false",
    "1777, 2, 2, false",
  })
  void inAStickyFolderOfAnotherUserPeersNeedMore(
      String mode, long owner, int level, boolean restricted) {
    Folders.Rights rights = new Folders.Rights(Integer.parseInt(mode, 8), owner);

    assertThat(ProtectedFifos.isRestricted(rights, 2, level)).isEqualTo(restricted);
  }

  @Test
  void aRootWherePeersNeedMoreIsTold() throws IOException {
    Peers.requireRoot();
    int level = Integer.parseInt(Files.readString(Path.of("/proc/sys/fs/protected_fifos")).strip());
    Files.setAttribute(folder, "unix:mode", 01777);
    try (EndpointRoots roots = EndpointRoots.open(all(folder))) {
      assertThat(roots.warnings()).isEmpty();
    }
    Files.setAttribute(folder, "unix:uid", 12_345);
    try (EndpointRoots roots = EndpointRoots.open(all(folder))) {
      assertThat(roots.warnings().toString().contains("fs.protected_fifos")).isEqualTo(level > 0);
    }
    Files.setAttribute(folder, "unix:uid", 0);
  }
}
