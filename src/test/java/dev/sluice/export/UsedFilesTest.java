package dev.sluice.export;

import static dev.sluice.testing.FilePaths.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.endpoint.EndpointFactory;
import dev.sluice.endpoint.EndpointRoots;
import dev.sluice.export.UsedFiles.UsedFile;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Folder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two exports and one file, under two names. */
class UsedFilesTest {

  @TempDir private Path folder;

  private final UsedFiles files = new UsedFiles();
  private EndpointRoots roots;
  private EndpointFactory endpoints;

  @BeforeEach
  void makeTheFile() throws IOException {
    roots = EndpointRoots.open(all(folder));
    endpoints = new EndpointFactory(roots, 0600, null);
    Folder.makeFifo(folder.resolve("one"));
    Files.createLink(folder.resolve("other"), folder.resolve("one"));
  }

  @AfterEach
  void closeRoots() {
    roots.close();
  }

  private ExportSpec spec(String name) {
    return Specs.of(name, folder.resolve(name), Direction.WRITE);
  }

  private Endpoint claim(ExportSpec spec) throws Exception {
    return endpoints.claim(Objects.requireNonNull(spec.path()), Flow.TO_PEER);
  }

  private UsedFile used(Endpoint one) {
    return new UsedFile("one", spec("one").path(), one);
  }

  @Test
  void theFileBelongsToTheFirst() throws Exception {
    try (Endpoint one = claim(spec("one"));
        Endpoint other = claim(spec("other"))) {
      files.add(used(one));

      assertThatExceptionOfType(ExportException.class)
          .isThrownBy(() -> files.requireOwnFile(spec("other"), other));
    }
  }

  @Test
  void thePathBelongsToTheFirstEvenIfItsFileWasReplaced() throws Exception {
    try (Endpoint one = claim(spec("one"))) {
      files.add(used(one));
      Path file = folder.resolve("one");
      Files.delete(file);
      Files.createFile(file);

      assertThatExceptionOfType(ExportException.class)
          .isThrownBy(() -> files.requireFreePath(Specs.of("other", file, Direction.WRITE)));
    }
  }

  /** As when its end is not known yet: a new file may be in the old one's place by then. */
  @Test
  void theFileBelongsToNobodyOnceTheFirstHasLetGoOfIt() throws Exception {
    Endpoint one = claim(spec("one"));
    files.add(used(one));
    one.close();

    try (Endpoint other = claim(spec("other"))) {
      files.requireOwnFile(spec("other"), other);
    }
  }

  @Test
  void aFileThatIsRemovedTwiceCountsOnce() throws Exception {
    try (Endpoint one = claim(spec("one"));
        Endpoint other = claim(spec("other"))) {
      files.add(used(one));
      files.add(new UsedFile("other", spec("other").path(), other));

      files.remove(used(one));
      files.remove(used(one));

      assertThat(files.size()).isEqualTo(1);
    }
  }
}
