package dev.sluice.posix;

/**
 * The permissions of a file to create.
 *
 * @param mode permission bits, such as 0600
 * @param group the group ID of the file, or {@link #SAME_GROUP}
 */
public record FilePermissions(int mode, int group) {

  /**
   * The group that Linux chooses: the process's, or the folder's if that has the set-group-ID bit.
   */
  public static final int SAME_GROUP = -1;

  /** Returns a hint for an error message; empty unless the group is the likely cause. */
  public String groupHint(ErrnoException e) {
    return group == SAME_GROUP || e.errno() != Errno.EPERM
        ? ""
        : " (expected in sluice.exports.fifo-group: a group of this service's own)";
  }

  /** Returns these permission bits with {@link #SAME_GROUP}. */
  public static FilePermissions of(int mode) {
    return new FilePermissions(mode, SAME_GROUP);
  }
}
