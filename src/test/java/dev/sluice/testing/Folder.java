package dev.sluice.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What tests do with folders of endpoints. */
public final class Folder {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private Folder() {}

  public static Path makeFifo(Path path) {
    try {
      Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
      if (mkfifo.waitFor() != 0) {
        throw new AssertionError("mkfifo failed");
      }
      return path;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public static List<Path> content(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  /** What this process has open in or below a folder. */
  public static List<Path> openBelow(Path folder) throws IOException {
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      return descriptors
          .map(Folder::target)
          .filter(Objects::nonNull)
          .filter(target -> target.startsWith(folder))
          .toList();
    }
  }

  private static @Nullable Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException e) {
      return null; // it was the descriptor of the list itself
    }
  }
}
