package dev.sluice.posix;

/**
 * Who may use a file that is made.
 *
 * @param mode permission bits, such as 0600
 * @param group the number of the file's group, or {@link #SAME_GROUP}
 */
public record FilePermissions(int mode, int group) {

  /**
   * The group that Linux gives it: the process's, or the folder's if that has the set-group-ID bit.
   */
  public static final int SAME_GROUP = -1;

  /** What may be wrong with the group where Linux refuses it. */
  public String groupHint(ErrnoException e) {
    return group == SAME_GROUP || e.errno() != Errno.EPERM
        ? ""
        : " (expected in sluice.exports.fifo-group: a group of this service's own)";
  }

  /** These permission bits, and whatever group Linux gives. */
  public static FilePermissions of(int mode) {
    return new FilePermissions(mode, SAME_GROUP);
  }
}
