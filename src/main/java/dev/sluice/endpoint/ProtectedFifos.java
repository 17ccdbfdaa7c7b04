package dev.sluice.endpoint;

import dev.sluice.posix.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux keeps users from in folders that others may write to (fs.protected_fifos). */
final class ProtectedFifos {

  private static final Path LEVEL = Path.of("/proc/sys/fs/protected_fifos");
  private static final int STICKY = 01000;
  private static final int WRITABLE_BY_GROUP = 020;
  private static final int WRITABLE_BY_ALL = 02;

  private ProtectedFifos() {}

  /** The level that is set; 0 where nobody knows, since nothing depends on it. */
  static int level() {
    try {
      return Integer.parseInt(Files.readString(LEVEL).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /**
   * Whether Linux keeps users from opening another one's FIFO with O_CREAT: unless the folder is
   * the FIFO's owner's (may_create_in_sticky in fs/namei.c).
   *
   * @param level 1 is about folders that everybody may write to, 2 also about a group's
   */
  static boolean isRestricted(Folders.Rights folder, long user, int level) {
    int writable = (level >= 1 ? WRITABLE_BY_ALL : 0) | (level >= 2 ? WRITABLE_BY_GROUP : 0);
    return folder.user() != user
        && (folder.mode() & STICKY) != 0
        && (folder.mode() & writable) != 0;
  }
}
