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
 * Where a pipe is that somebody has named: without symbolic links, which a root does not follow.
 */
final class PipePath {

  private PipePath() {}

  /**
   * The path of what is there, or of what is to be made.
   *
   * @throws UsageException when it is no path
   * @throws FailedException when its folder is not there, or may not be used
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
