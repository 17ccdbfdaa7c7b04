package dev.sluice.endpoint;

import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.LeakCheck;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
class EndpointFactoryTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static final int OTHER_GROUP = 54_321;

  @TempDir private Path temporary;
  private Path root;
  private EndpointRoots roots;
  private EndpointFactory factory;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temporary.resolve("root"));
    roots = EndpointRoots.open(all(root));
    factory = new EndpointFactory(roots, 0600, null);
  }

  @AfterEach
  void closeRoots() {
    roots.close();
  }

  private void assertRefused(Path path, String reason) {
    assertThatExceptionOfType(RefusedEndpointException.class)
        .isThrownBy(() -> factory.claim(at(path), Flow.TO_PEER).close())
        .withMessageContaining(reason);
  }

  @Test
  void aPathWithNothingThereBecomesAFifoUntilItIsClosed() throws IOException {
    Path path = root.resolve("pipe");
    try (Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      assertThat(endpoint.isPipe()).isTrue();
      assertThat(Files.readAttributes(path, "unix:mode").get("mode")).isEqualTo(010600);
      assertThat(endpoint.descriptor()).isNegative();
    }
    assertThat(path).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"0600, rw-------", "0660, rw-rw----", "0666, rw-rw-rw-", "0622, rw--w--w-"})
  void aFifoHasItsModeWhateverTheUmask(String mode, String permissions) throws IOException {
    // The umask of a test is hardly ever zero, and 022 at the least takes from all but the first.
    Path path = root.resolve("pipe");
    EndpointFactory wider = new EndpointFactory(roots, Integer.parseInt(mode, 8), null);
    try (Endpoint endpoint = wider.claim(at(path), Flow.TO_PEER)) {
      assertThat(endpoint.isPipe()).isTrue();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo(permissions);
    }
  }

  @Test
  void aFifoAndASocketHaveTheGroupThatIsWanted() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "root may give any group");
    EndpointFactory others = new EndpointFactory(roots, 0620, OTHER_GROUP);
    Path pipe = root.resolve("pipe");
    Path socket = root.resolve("socket");
    try (Endpoint _ = others.claim(at(pipe), Flow.TO_PEER);
        Endpoint _ = others.listen(at(socket), Flow.TO_PEER)) {
      for (Path path : List.of(pipe, socket)) {
        assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(OTHER_GROUP);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .isEqualTo("rw--w----");
      }
    }
  }

  @Test
  void anExistingFifoIsUsedAndStays() throws Exception {
    Path path = Fifos.make(root.resolve("pipe"));
    try (Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      assertThat(endpoint.isPipe()).isTrue();
    }
    assertThat(path).exists();
  }

  @Test
  void anExistingSocketIsUsedAndStays() throws IOException {
    Path path = root.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
    }
    try (Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      assertThat(endpoint.isPipe()).isFalse();
    }
    assertThat(path).exists();
  }

  @Test
  void aFifoThatWasReplacedMeanwhileStays() throws Exception {
    Path path = root.resolve("pipe");
    Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER);
    Files.delete(path);
    Fifos.make(path); // file systems like to give it the inode number that has just become free
    endpoint.close();
    assertThat(path).exists();
  }

  @Test
  void aFifoThatWasReplacedByAFileStays() throws IOException {
    Path path = root.resolve("pipe");
    Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER);
    Files.delete(path);
    Files.writeString(path, "precious");
    endpoint.close();
    assertThat(path).hasContent("precious");
  }

  @Test
  void aFifoThatSomebodyRemovedIsNoTroubleOnClose() throws IOException {
    Path path = root.resolve("pipe");
    Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER);
    Files.delete(path);
    endpoint.close();
    endpoint.close();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void twoNamesOfOneFifoHaveOneIdentity() throws Exception {
    Path path = Fifos.make(root.resolve("pipe"));
    Path link = Files.createSymbolicLink(root.resolve("link"), Path.of("pipe"));
    try (Endpoint one = factory.claim(at(path), Flow.TO_PEER);
        Endpoint two = factory.claim(at(link), Flow.TO_PEER)) {
      assertThat(one.identity()).isEqualTo(two.identity());
    }
  }

  @Test
  void anotherFileCannotGetTheIdentityOfOneThatWasRemoved() throws Exception {
    Path path = Fifos.make(root.resolve("one"));
    try (Endpoint one = factory.claim(at(path), Flow.TO_PEER)) {
      Files.delete(path);
      try (Endpoint two = factory.claim(at(root.resolve("two")), Flow.TO_PEER)) {
        assertThat(two.identity()).isNotEqualTo(one.identity());
      }
    }
  }

  @Test
  void aPathOutsideTheRootsIsRefused() {
    assertRefused(temporary.resolve("pipe"), "outside the permitted folders");
    assertRefused(Path.of("/"), "outside the permitted folders");
    assertRefused(root, "outside the permitted folders");
    assertThat(temporary.resolve("pipe")).doesNotExist();
  }

  @Test
  void aFolderWhoseNameBeginsLikeARootsIsOutside() throws IOException {
    Path twin = Files.createDirectory(temporary.resolve("root2"));
    assertRefused(twin.resolve("pipe"), "outside the permitted folders");
  }

  @Test
  void aSymbolicLinkOutOfTheRootIsRefusedAndNothingIsMade() throws IOException {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.createSymbolicLink(root.resolve("absolute"), outside);
    Files.createSymbolicLink(root.resolve("relative"), Path.of("../outside"));
    assertRefused(root.resolve("absolute/pipe"), "symbolic link");
    assertRefused(root.resolve("relative/pipe"), "symbolic link");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aFifoThatASymbolicLinkOutOfTheRootNamesIsRefused() throws Exception {
    Path outside = Fifos.make(temporary.resolve("pipe"));
    Files.createSymbolicLink(root.resolve("absolute"), outside);
    Files.createSymbolicLink(root.resolve("relative"), Path.of("../pipe"));
    assertRefused(root.resolve("absolute"), "symbolic link");
    assertRefused(root.resolve("relative"), "symbolic link");
  }

  @Test
  void aSymbolicLinkWithinTheRootIsFollowed() throws IOException {
    Path folder = Files.createDirectory(root.resolve("folder"));
    Files.createSymbolicLink(root.resolve("link"), Path.of("folder"));
    try (Endpoint endpoint = factory.claim(at(root.resolve("link/pipe")), Flow.TO_PEER)) {
      assertThat(endpoint.isPipe()).isTrue();
      assertThat(folder.resolve("pipe")).exists();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSymbolicLinkToNothingIsRefusedAndStays() throws IOException {
    Path link = Files.createSymbolicLink(root.resolve("link"), Path.of("nothing"));
    assertRefused(link, "does not exist");
    assertThat(root.resolve("nothing")).doesNotExist();
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  @Test
  void aRootThatIsASymbolicLinkWorksByBothNames() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), root);
    roots.close();
    roots = EndpointRoots.open(all(link));
    EndpointFactory linked = new EndpointFactory(roots, 0600, null);
    try (Endpoint one = linked.claim(at(link.resolve("pipe")), Flow.TO_PEER);
        Endpoint two = linked.claim(at(root.resolve("pipe")), Flow.TO_PEER)) {
      assertThat(one.identity()).isEqualTo(two.identity());
    }
  }

  @Test
  void aRegularFileIsRefusedAndStaysAsItIs() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "precious");
    assertRefused(file, "regular file");
    assertThat(file).hasContent("precious");
  }

  @Test
  void aFolderIsRefused() throws IOException {
    assertRefused(Files.createDirectory(root.resolve("folder")), "a folder");
  }

  @Test
  void aDeviceIsRefused() throws Exception {
    Path device = root.resolve("null");
    Process mknod = new ProcessBuilder("mknod", device.toString(), "c", "1", "3").start();
    assumeTrue(mknod.waitFor() == 0, "only root may make devices");
    assertRefused(device, "a device");
  }

  @Test
  void aMissingFolderIsRefused() {
    assertRefused(root.resolve("missing/pipe"), "does not exist");
    assertRefused(root.resolve("missing/deeper/pipe"), "does not exist");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void aMissingRootIsRefused() throws IOException {
    Files.delete(root);
    assertRefused(root.resolve("pipe"), "has gone");
  }

  @Test
  void aFileInThePlaceOfAFolderIsRefused() throws IOException {
    Path file = Files.createFile(root.resolve("file"));
    assertRefused(file.resolve("pipe"), "not a folder");
  }

  @Test
  void aNameLongerThanLinuxPermitsIsRefused() throws IOException {
    assertRefused(root.resolve("x".repeat(256)), "at most 255 bytes");
    assertRefused(root.resolve("x".repeat(256)).resolve("pipe"), "at most 255 bytes");
    assertRefused(root.resolve("folder/".repeat(600) + "pipe"), "4095 bytes in all");
    factory.claim(at(root.resolve("x".repeat(255))), Flow.TO_PEER).close();
    assertThat(root).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource(Flow.class)
  void aClaimThatIsNeverUsedLeavesNothing(Flow flow) throws IOException {
    factory.claim(at(root.resolve("pipe")), flow).close();
    assertThat(root).isEmptyDirectory();
  }
}
