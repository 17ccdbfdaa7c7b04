package dev.sluice.posix;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void findRealFolder() throws IOException {
    folder = temporary.toRealPath();
  }

  private static void assertFails(FilePath path, int errno) {
    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(() -> Folders.make(path))
        .matches(e -> e.errno() == errno);
  }

  @Test
  void aFolderIsMadeWithThoseAboveItForThisUserAlone() throws IOException {
    assertThat(Folders.make(at(folder.resolve("a/b")))).isTrue();
    assertThat(Folders.make(at(folder.resolve("a/b")))).isFalse();

    for (Path made : List.of(folder.resolve("a"), folder.resolve("a/b"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void whatIsInTheWayIsAnError() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("nothing"));

    assertFails(at(file), Errno.ENOTDIR);
    assertFails(at(file.resolve("below")), Errno.ENOTDIR);
    assertFails(at(folder.resolve("link")), Errno.ENOENT);
    assertFails(at(folder.resolve("link/below")), Errno.ENOENT);
    assertFails(new FilePath("/proc/none/x"), Errno.ENOENT);
    assertThat(folder.resolve("nothing")).doesNotExist();
  }

  @Test
  void aNameIsItsBytesInUtf8() throws Exception {
    FilePath path = new FilePath(folder + "/r\u00e4ume");
    Folders.make(path);

    shell("test -d \"$1/$(printf 'r\\303\\244ume')\"");
    try (Descriptor open = new Descriptor(PosixFiles.openFolder(path))) {
      assertThat(Folders.pathOf(open.number())).isEqualTo(path);
    }
  }

  @Test
  void aFolderIsFoundWithoutSymbolicLinks() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    try (Descriptor open = new Descriptor(PosixFiles.openFolder(at(link)))) {
      assertThat(Folders.pathOf(open.number())).isEqualTo(at(folder));
    }
  }

  @Test
  void aFolderWhoseNameIsNotUtf8HasNoPath() throws Exception {
    shell("name=$(printf 'r\\344ume'); mkdir \"$1/$name\"; ln -s \"$name\" \"$1/link\"");
    try (Descriptor open = new Descriptor(PosixFiles.openFolder(at(folder.resolve("link"))))) {
      assertThatExceptionOfType(ErrnoException.class)
          .isThrownBy(() -> Folders.pathOf(open.number()))
          .matches(e -> e.errno() == Errno.EILSEQ);
    }
  }

  /** Runs a script in which the folder is $1; Java may take a name for ASCII. */
  private void shell(String script) throws Exception {
    assertThat(new ProcessBuilder("sh", "-c", script, "sh", folder.toString()).start().waitFor())
        .isZero();
  }
}
