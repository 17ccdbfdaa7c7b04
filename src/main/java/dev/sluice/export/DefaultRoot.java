package dev.sluice.export;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.Folders;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The default of {@code sluice.exports.roots}. The temporary folder is the last resort: cleaners
 * may remove a folder there, and another user may create it again.
 */
final class DefaultRoot {

  private static final String NAME = "sluice";

  private DefaultRoot() {}

  /** Returns the default on this machine for this process's user. */
  static String path() {
    return choose(
        System.getenv("XDG_RUNTIME_DIR"),
        Path.of("/run", NAME),
        System.getProperty("java.io.tmpdir"));
  }

  /**
   * Returns the folder {@code sluice} in the user's runtime folder (XDG Base Directory
   * Specification), else the service's folder, else one in the temporary folder. The first two are
   * chosen only if they belong to this user and nobody else may write to them.
   *
   * @param runtime the user's runtime folder, if it has one
   * @param service the folder that a package, or systemd's {@code RuntimeDirectory}, has created
   */
  static String choose(@Nullable String runtime, Path service, String temporary) {
    if (runtime != null && runtime.startsWith("/") && isOwn(runtime)) {
      return runtime + "/" + NAME;
    }
    return isOwn(service.toString()) ? service.toString() : temporary + "/" + NAME;
  }

  private static boolean isOwn(String folder) {
    try (Descriptor found =
        new Descriptor(PosixFiles.openPlaceOrLink(FilePath.configured(folder)))) {
      return PosixFiles.status(found.number()).kind() == FileStatus.Kind.DIRECTORY
          && Folders.rights(found.number()).isOwnAlone();
    } catch (ErrnoException e) {
      return false;
    }
  }
}
