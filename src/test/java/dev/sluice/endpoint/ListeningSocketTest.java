package dev.sluice.endpoint;

import static dev.sluice.endpoint.Texts.read;
import static dev.sluice.endpoint.Texts.write;
import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.PollSet;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets that are made for a peer to connect to: the file, and who is let in. */
@Timeout(20)
class ListeningSocketTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path temporary;
  private Path root;
  private Path path;
  private EndpointRoots roots;
  private EndpointFactory factory;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temporary.resolve("root"));
    path = root.resolve("socket");
    roots = EndpointRoots.open(all(root));
    factory = new EndpointFactory(roots, 0600, null);
  }

  @AfterEach
  void closeRoots() {
    roots.close();
  }

  private Endpoint listen(Flow flow) throws IOException {
    return factory.listen(at(path), flow);
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(path));
  }

  private void assertRefused(FilePath refused, String... reasons) {
    assertThatExceptionOfType(RefusedEndpointException.class)
        .isThrownBy(() -> factory.listen(refused, Flow.TO_PEER).close())
        .satisfies(e -> assertThat(e).message().contains(reasons));
  }

  private static boolean hasArrival(Endpoint endpoint) throws IOException {
    try (PollSet poll = new PollSet(1)) {
      poll.set(0, endpoint.arrivalDescriptor(), PollSet.READABLE);
      return poll.await(0);
    }
  }

  @ParameterizedTest
  @EnumSource(Flow.class)
  void aSocketIsThereUntilItIsClosed(Flow flow) throws IOException {
    try (Endpoint endpoint = listen(flow)) {
      assertThat(Files.readAttributes(path, "unix:mode").get("mode")).isEqualTo(0140600);
      assertThat(endpoint.isPipe()).isFalse();
      assertThat(endpoint.descriptor()).isNegative();
    }
    assertThat(root).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({"0600, rw-------", "0660, rw-rw----", "0666, rw-rw-rw-", "0622, rw--w--w-"})
  void aSocketHasItsModeWhateverTheUmask(String mode, String permissions) throws IOException {
    factory = new EndpointFactory(roots, Integer.parseInt(mode, 8), null);
    try (Endpoint endpoint = listen(Flow.TO_PEER)) {
      assertThat(endpoint.tryOpen()).isFalse();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo(permissions);
    }
  }

  @Test
  void whatIsThereAlreadyIsRefusedAndStays() throws Exception {
    String reason = "there is something already; with listen expected nothing yet";
    assertRefused(at(Fifos.make(root.resolve("pipe"))), reason);
    assertRefused(at(Files.createDirectory(root.resolve("folder"))), reason);
    assertRefused(at(Files.createSymbolicLink(root.resolve("link"), Path.of("nothing"))), reason);
    Path file = Files.writeString(root.resolve("file"), "precious");
    assertRefused(at(file), reason);
    assertThat(file).hasContent("precious");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
    }
    assertRefused(at(path), reason, "remove it", "leave listen out");
    try (var names = Files.list(root)) {
      assertThat(names.map(name -> String.valueOf(name.getFileName())))
          .containsExactlyInAnyOrder("pipe", "folder", "link", "file", "socket");
    }
  }

  @Test
  void aNameThatDoesNotFitIntoAnAddressIsRefused() throws IOException {
    Path longest = root.resolve("x".repeat(85));
    try (Endpoint endpoint = factory.listen(at(longest), Flow.TO_PEER)) {
      assertThat(longest).exists();
      assertThat(endpoint.tryOpen()).isFalse();
    }
    assertRefused(at(root.resolve("x".repeat(86))), "86 bytes (expected: <= 85)");
    assertRefused(new FilePath(root + "/" + "\u00fc".repeat(43)), "86 bytes (expected: <= 85)");
    assertRefused(at(root.resolve("x".repeat(256)).resolve("socket")), "at most 255 bytes");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void aPathThatLeadsOutOfTheRootIsRefusedAndNothingIsMade() throws IOException {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.createSymbolicLink(root.resolve("absolute"), outside);
    Files.createSymbolicLink(root.resolve("relative"), Path.of("../outside"));
    assertRefused(at(root.resolve("absolute/socket")), "symbolic link");
    assertRefused(at(root.resolve("relative/socket")), "symbolic link");
    assertRefused(at(outside.resolve("socket")), "outside the permitted folders");
    assertRefused(at(root.resolve("missing/socket")), "does not exist");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aSymbolicLinkWithinTheRootIsFollowed() throws IOException {
    Path folder = Files.createDirectory(root.resolve("folder"));
    Files.createSymbolicLink(root.resolve("link"), Path.of("folder"));
    try (Endpoint endpoint = factory.listen(at(root.resolve("link/socket")), Flow.TO_PEER)) {
      assertThat(folder.resolve("socket")).exists();
      assertThat(endpoint.tryOpen()).isFalse();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void itIsTheFileThatAnotherClaimOfItsPathFinds() throws IOException {
    try (Endpoint made = listen(Flow.TO_PEER);
        Endpoint found = factory.claim(at(path), Flow.TO_PEER)) {
      assertThat(found.identity()).isEqualTo(made.identity());
    }
  }

  @Test
  void aPeerThatConnectsIsLetIn() throws IOException {
    try (Endpoint endpoint = listen(Flow.TO_PEER)) {
      assertThat(endpoint.tryOpen()).isFalse();
      assertThat(hasArrival(endpoint)).isFalse();
      try (SocketChannel peer = connect()) {
        assertThat(hasArrival(endpoint)).isTrue();
        assertThat(endpoint.tryOpen()).isTrue();
        assertThat(endpoint.tryOpen()).isTrue();
        assertThat(endpoint.arrivalDescriptor()).isNegative();
        write(endpoint, "bytes");
        assertThat(read(peer)).isEqualTo("bytes");
        assertThat(endpoint.unread()).isZero();
      }
    }
  }

  @Test
  void onlyOnePeerIsLetIn() throws IOException {
    try (Endpoint endpoint = listen(Flow.TO_PEER);
        SocketChannel peer = connect();
        SocketChannel second = connect()) {
      assertThat(endpoint.tryOpen()).isTrue();
      assertThatExceptionOfType(SocketException.class).isThrownBy(() -> read(second));
      assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect().close());
      write(endpoint, "bytes");
      assertThat(read(peer)).isEqualTo("bytes");
    }
  }

  @Test
  void peersThatHaveGoneArePassedOver() throws IOException {
    try (Endpoint endpoint = listen(Flow.TO_PEER)) {
      connect().close();
      try (SocketChannel gone = connect()) {
        write(gone, "!");
      }
      assertThat(hasArrival(endpoint)).isTrue();
      assertThat(endpoint.tryOpen()).isFalse();
      assertThat(hasArrival(endpoint)).isFalse();
      connect().close();
      try (SocketChannel peer = connect()) {
        assertThat(endpoint.tryOpen()).isTrue();
        write(endpoint, "bytes");
        assertThat(read(peer)).isEqualTo("bytes");
      }
    }
  }

  @Test
  void aPeerThatWillOnlyReadHasNotGone() throws IOException {
    try (Endpoint endpoint = listen(Flow.TO_PEER);
        SocketChannel peer = connect()) {
      peer.shutdownOutput();
      assertThat(endpoint.tryOpen()).isTrue();
      write(endpoint, "bytes");
      assertThat(read(peer)).isEqualTo("bytes");
    }
  }

  @Test
  void aPeerThatWroteEverythingAndWentIsTaken() throws IOException {
    try (Endpoint endpoint = listen(Flow.FROM_PEER)) {
      try (SocketChannel peer = connect()) {
        write(peer, "bytes");
      }
      assertThat(endpoint.tryOpen()).isTrue();
      assertThat(read(endpoint)).isEqualTo("bytes");
      assertThat(read(endpoint)).isEmpty();
    }
  }

  @Test
  void aPeerThatWaitsIsResetWhenTheEndpointIsClosedUnopened() throws IOException {
    Endpoint endpoint = listen(Flow.TO_PEER);
    try (SocketChannel peer = connect()) {
      endpoint.end();
      endpoint.close();
      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(() -> read(peer))
          .withMessageContaining("reset");
    }
    assertThat(endpoint.tryOpen()).isFalse();
    assertThat(endpoint.arrivalDescriptor()).isNegative();
    endpoint.close();
  }

  @Test
  void aSocketThatWasRemovedIsAnErrorButNotForWhoCameBefore() throws IOException {
    try (Endpoint endpoint = listen(Flow.TO_PEER);
        Endpoint other = factory.listen(at(root.resolve("other")), Flow.TO_PEER);
        SocketChannel peer = connect()) {
      Files.delete(path);
      Files.delete(root.resolve("other"));
      assertThat(endpoint.tryOpen()).isTrue();
      assertThat(peer.isConnected()).isTrue();
      assertThatIOException().isThrownBy(other::tryOpen).withMessageContaining("No such file");
      Fifos.make(root.resolve("other"));
      assertThatIOException().isThrownBy(other::tryOpen).withMessageContaining("FIFO");
    }
    assertThat(root.resolve("other")).exists();
  }

  @Test
  void itIsNoPeerOfAnotherEndpointByWhateverName() throws IOException {
    Path link = root.resolve("link");
    try (Endpoint socket = listen(Flow.FROM_PEER)) {
      Files.createLink(link, path);
      try (Endpoint other = factory.claim(at(link), Flow.TO_PEER)) {
        assertThatIOException()
            .isThrownBy(other::tryOpen)
            .withMessageContaining("this service itself listens on this socket");
        assertThat(hasArrival(socket)).isFalse();
      }
    }
    try (Endpoint left = factory.claim(at(link), Flow.TO_PEER)) {
      assertThat(left.tryOpen()).isFalse();
    }
  }

  @Test
  void aSocketThatTookItsPlaceIsAnErrorAndStays() throws IOException {
    try (Endpoint endpoint = listen(Flow.TO_PEER);
        ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      Files.delete(path);
      other.bind(UnixDomainSocketAddress.of(path));
      assertThatIOException().isThrownBy(endpoint::tryOpen).withMessageContaining("another socket");
    }
    assertThat(path).exists();
  }
}
