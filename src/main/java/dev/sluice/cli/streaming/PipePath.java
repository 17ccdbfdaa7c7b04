package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.common.UsageException;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.Folders;
import dev.sluice.posix.PosixFiles;

/**
 * Resolves the path of a pipe that was typed. The result has no symbolic links, since a root does
 * not follow them.
 */
final class PipePath {

  private PipePath() {}

  /**
   * Returns the path of an existing file, or of one that is to be created.
   *
   * @throws UsageException when it is not a path
   * @throws FailedException when its folder does not exist, or may not be used
   */
  static FilePath of(String text) {
    FilePath path = ServerOptions.path("the pipe", text);
    try {
      return real(path);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT) {
        throw new FailedException("%s: %s".formatted(text, e.getMessage()), e);
      }
    }
    try {
      return new FilePath(real(path.parent()) + "/" + path.name());
    } catch (ErrnoException e) {
      throw new FailedException(
          "%s: its folder cannot be used: %s".formatted(text, e.getMessage()), e);
    }
  }

  private static FilePath real(FilePath path) throws ErrnoException {
    try (Descriptor found = new Descriptor(PosixFiles.openPlace(path))) {
      return Folders.pathOf(found.number());
    } catch (IllegalArgumentException e) {
      throw new FailedException("%s: it has no name in any folder".formatted(path), e);
    }
  }
}
