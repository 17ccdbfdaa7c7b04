package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.posix.FilePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary folder that only this user can look into, for one socket. */
final class PrivateFolder implements AutoCloseable {

  private final Path folder;

  PrivateFolder() {
    try {
      folder = Files.createTempDirectory("sluice");
    } catch (IOException e) {
      throw new FailedException("no private folder can be made: " + e.getMessage(), e);
    }
  }

  /** Where the socket is to be made; whoever does so removes it. */
  FilePath socket() {
    return FilePath.configured(folder.resolve("socket").toString());
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // There is something else in it now, which is not this program's to remove.
    }
  }
}
