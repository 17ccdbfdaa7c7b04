package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One temporary folder for all tests of a JVM, removed when that exits. Its path is short, since
 * some of the files in it are Unix sockets.
 */
public final class Workspace {

  private static final Path FOLDER = create();
  private static final AtomicInteger FILES = new AtomicInteger();

  private Workspace() {}

  /** The folder itself. */
  public static Path folder() {
    return FOLDER;
  }

  /** A path that nothing else uses; nothing is there yet. */
  public static Path newPath(String kind) {
    return FOLDER.resolve(kind + "-" + FILES.incrementAndGet());
  }

  /** A new empty folder. */
  public static Path newFolder(String kind) {
    try {
      return Files.createDirectory(newPath(kind));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a file, or a folder with everything in it, if it is there. */
  public static void remove(Path path) {
    if (Files.notExists(path)) {
      return;
    }
    try (Stream<Path> found = Files.walk(path)) {
      List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path create() {
    try {
      Path folder = Files.createTempDirectory("sluice-it-").toRealPath();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
