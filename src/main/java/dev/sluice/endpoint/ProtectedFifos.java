package dev.sluice.endpoint;

import dev.sluice.posix.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Linux's restriction on FIFOs in folders that others may write to (fs.protected_fifos). */
final class ProtectedFifos {

  private static final Path LEVEL = Path.of("/proc/sys/fs/protected_fifos");
  private static final int STICKY = 01000;
  private static final int WRITABLE_BY_GROUP = 020;
  private static final int WRITABLE_BY_ALL = 02;

  private ProtectedFifos() {}

  /** Returns the level; 0 if it cannot be read, because nothing depends on it. */
  static int level() {
    try {
      return Integer.parseInt(Files.readString(LEVEL).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /**
   * Returns whether Linux keeps users from opening another user's FIFO in a folder with O_CREAT,
   * unless the folder and the FIFO have the same owner (may_create_in_sticky in fs/namei.c).
   *
   * @param user the user ID of the FIFO's owner
   * @param level 1 restricts folders that everybody may write to, 2 also those that a group may
   *     write to
   */
  static boolean isRestricted(Folders.Rights folder, long user, int level) {
    int writable = (level >= 1 ? WRITABLE_BY_ALL : 0) | (level >= 2 ? WRITABLE_BY_GROUP : 0);
    return folder.user() != user
        && (folder.mode() & STICKY) != 0
        && (folder.mode() & writable) != 0;
  }
}
