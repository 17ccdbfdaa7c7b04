package dev.sluice.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the only root is unless roots are configured. Programs that clean the temporary folder up
 * may remove a folder there, and another user may make it again; so it is the last resort.
 */
final class DefaultRoot {

  private static final String NAME = "sluice";
  private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private DefaultRoot() {}

  /** The default on this machine, for this process's user. */
  static String path() {
    return choose(
        System.getenv("XDG_RUNTIME_DIR"),
        Path.of("/run", NAME),
        System.getProperty("java.io.tmpdir"));
  }

  /**
   * The folder {@code sluice} in the user's runtime folder (XDG Base Directory Specification), or
   * else the system's one for services, or else one in the temporary folder. The first two only
   * where they are this user's alone to write to.
   *
   * @param runtime the user's runtime folder, if it has one
   * @param service what a package or systemd's {@code RuntimeDirectory} has made
   */
  static String choose(@Nullable String runtime, Path service, String temporary) {
    if (runtime != null && runtime.startsWith("/") && isOwn(Path.of(runtime))) {
      return runtime + "/" + NAME;
    }
    return isOwn(service) ? service.toString() : temporary + "/" + NAME;
  }

  private static boolean isOwn(Path folder) {
    try {
      return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(folder).equals(Files.getOwner(Path.of("/proc/self")))
          && Files.getPosixFilePermissions(folder).stream().noneMatch(WRITABLE_BY_OTHERS::contains);
    } catch (IOException e) {
      return false;
    }
  }
}
