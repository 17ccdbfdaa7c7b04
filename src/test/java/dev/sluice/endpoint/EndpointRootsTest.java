package dev.sluice.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who has a root, and that nobody else has it. */
@Timeout(20)
class EndpointRootsTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path folder;

  @Test
  void aRootBelongsToOneServiceWhichTheNextOneIsToldOf() throws IOException {
    try (EndpointRoots first = EndpointRoots.open(List.of(folder))) {
      assertThat(first.warnings()).isEmpty();
      assertThatExceptionOfType(RootInUseException.class)
          .isThrownBy(() -> EndpointRoots.open(List.of(folder)))
          .withMessageContaining("process " + ProcessHandle.current().pid())
          .withMessageContaining(folder.toString());
    }
    EndpointRoots.open(List.of(folder)).close();
  }

  @Test
  void aRootBelongsToOneServiceByWhateverName() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), root);
    try (EndpointRoots _ = EndpointRoots.open(List.of(root))) {
      assertThatExceptionOfType(RootInUseException.class)
          .isThrownBy(() -> EndpointRoots.open(List.of(link)));
    }
  }

  @Test
  void aServiceMayNameARootTwiceAndAnotherWithinIt() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    Path inner = Files.createDirectory(root.resolve("inner"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), root);
    try (EndpointRoots roots = EndpointRoots.open(List.of(root, link, inner, root))) {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      for (Path name : List.of(root, link, inner)) {
        try (Endpoint endpoint = factory.claim(name.resolve("pipe"), Flow.TO_PEER)) {
          assertThat(endpoint.isPipe()).isTrue();
        }
      }
    }
  }

  @Test
  void aServiceThatGetsNotAllRootsKeepsNone() throws IOException {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path other = Files.createDirectory(folder.resolve("other"));
    try (EndpointRoots _ = EndpointRoots.open(List.of(other))) {
      assertThatExceptionOfType(RootInUseException.class)
          .isThrownBy(() -> EndpointRoots.open(List.of(one, other)));
    }
    EndpointRoots.open(List.of(one, other)).close();
  }

  @Test
  void aRootIsTheFolderThatWasOpenedEvenIfItsNameLeadsElsewhere() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    try (EndpointRoots roots = EndpointRoots.open(List.of(root))) {
      Path moved = Files.move(root, folder.resolve("moved"));
      Files.createDirectory(root);
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      try (Endpoint _ = factory.claim(root.resolve("pipe"), Flow.TO_PEER)) {
        assertThat(moved.resolve("pipe")).exists();
        assertThat(root).isEmptyDirectory();
      }
      assertThat(moved).isEmptyDirectory();
    }
  }
}
