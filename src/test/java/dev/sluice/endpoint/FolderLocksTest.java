package dev.sluice.endpoint;

import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two services, one of which has its root within the other's. */
@Timeout(20)
class FolderLocksTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path outer;
  private Path inner;
  private EndpointRoots roots;

  @BeforeEach
  void startTheOuterOne() throws IOException {
    inner = Files.createDirectories(outer.resolve("some/inner"));
    roots = open(outer);
  }

  @AfterEach
  void stopTheOuterOne() {
    roots.close();
  }

  private static EndpointRoots open(Path... paths) throws IOException {
    return EndpointRoots.open(all(paths));
  }

  private static Endpoint claim(EndpointRoots roots, Path fifo) throws IOException {
    return new EndpointFactory(roots, 0600, null).claim(at(fifo), Flow.TO_PEER);
  }

  private static void assertRefused(EndpointRoots roots, Path fifo) {
    assertThatExceptionOfType(RefusedEndpointException.class)
        .isThrownBy(() -> claim(roots, fifo))
        .withMessageContaining("another service, process " + ProcessHandle.current().pid())
        .withMessageContaining("has the folder");
  }

  @Test
  void theInnerOnesRootIsClosedToTheOuterOne() throws IOException {
    try (EndpointRoots _ = open(inner)) {
      assertRefused(roots, inner.resolve("pipe"));
      assertThat(inner).isEmptyDirectory();
      claim(roots, outer.resolve("pipe")).close();
      claim(roots, inner.resolveSibling("pipe")).close();
    }
    claim(roots, inner.resolve("pipe")).close();
  }

  @Test
  void aFolderWithAFifoOfTheOuterOnesIsNoRootOfAnother() throws IOException {
    Endpoint first = claim(roots, inner.resolve("first"));
    Endpoint second = claim(roots, inner.resolve("second"));
    assertRootInUse();
    first.close();
    first.close();
    assertRootInUse();
    second.close();
    open(inner).close();
  }

  private void assertRootInUse() {
    assertThatExceptionOfType(RootInUseException.class)
        .isThrownBy(() -> open(inner))
        .withMessageContaining("process " + ProcessHandle.current().pid());
  }

  @Test
  void aFolderBelowBothRootsIsTheFirstOnes() throws IOException {
    Path folder = Files.createDirectory(inner.resolve("folder"));
    try (EndpointRoots others = open(inner);
        Endpoint mine = claim(roots, folder.resolve("mine"))) {
      assertRefused(others, folder.resolve("theirs"));
      claim(others, inner.resolve("theirs")).close();
      mine.close();
      try (Endpoint _ = claim(others, folder.resolve("theirs"))) {
        assertRefused(roots, folder.resolve("mine"));
      }
    }
  }

  @Test
  void whatIsRefusedForAnotherReasonHoldsNoFolder() throws IOException {
    Path file = Files.createFile(inner.resolve("file"));
    assertThatExceptionOfType(RefusedEndpointException.class).isThrownBy(() -> claim(roots, file));
    open(inner).close();
  }

  @Test
  void aServiceDoesNotKeepItselfOut() throws IOException {
    roots.close();
    roots = open(outer, inner);
    try (Endpoint one = claim(roots, inner.resolve("one"));
        Endpoint other = claim(roots, inner.resolveSibling("other"))) {
      assertThat(one.isPipe() && other.isPipe()).isTrue();
    }
  }

  @Test
  void aFifoWithTwoNamesIsOpenedByOneService(@TempDir Path elsewhere) throws Exception {
    Path fifo = Fifos.make(outer.resolve("fifo"));
    Path link = Files.createLink(elsewhere.resolve("link"), fifo);
    try (EndpointRoots others = open(elsewhere);
        Endpoint mine = new EndpointFactory(roots, 0600, null).claim(at(fifo), Flow.FROM_PEER);
        Endpoint theirs = new EndpointFactory(others, 0600, null).claim(at(link), Flow.FROM_PEER)) {
      assertThat(mine.tryOpen()).isTrue();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(theirs::tryOpen)
          .withMessageContaining("process " + ProcessHandle.current().pid())
          .withMessageContaining("has this FIFO open");
      mine.close();
      assertThat(theirs.tryOpen()).isTrue();
    }
  }
}
