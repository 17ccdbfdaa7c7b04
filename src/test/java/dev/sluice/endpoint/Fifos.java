package dev.sluice.endpoint;

import static dev.sluice.testing.FilePaths.at;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePermissions;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import java.nio.file.Path;

/** FIFOs that somebody else has made. */
final class Fifos {

  private Fifos() {}

  static Path make(Path path) throws ErrnoException {
    try (Descriptor folder = new Descriptor(PosixFiles.openPlace(at(path).parent()))) {
      Posix.close(
          PosixFiles.makeFifo(
              folder.number(), String.valueOf(path.getFileName()), FilePermissions.of(0600)));
    }
    return path;
  }
}
