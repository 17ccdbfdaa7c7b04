package dev.sluice.testing;

import dev.sluice.posix.FilePath;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Paths of tests as the service has them. */
public final class FilePaths {

  private FilePaths() {}

  public static FilePath at(Path path) {
    return new FilePath(path.toString());
  }

  public static List<FilePath> all(Path... paths) {
    return Stream.of(paths).map(FilePaths::at).toList();
  }
}
