package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.posix.FilePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary folder for one socket. Only this user has access to it. */
final class PrivateFolder implements AutoCloseable {

  private final Path folder;

  PrivateFolder() {
    try {
      folder = Files.createTempDirectory("sluice");
    } catch (IOException e) {
      throw new FailedException("no private folder can be made: " + e.getMessage(), e);
    }
  }

  /** Returns the path for the socket. Whoever creates the socket removes it. */
  FilePath socket() {
    return FilePath.configured(folder.resolve("socket").toString());
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // It contains something else, which this program must not remove.
    }
  }
}
