package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What Linux says of a file (statx(2)).
 *
 * @param mode its type and its permissions
 * @param user the number of its owner
 * @param device the file system that it is on
 * @param inode its number there
 * @param birth when it was made, in nanoseconds; 0 where the file system does not know
 */
record Statx(int mode, long user, long device, long inode, long birth) {

  static final int S_IFMT = 0xF000;
  static final int S_IFIFO = 0x1000;
  static final int S_IFDIR = 0x4000;
  static final int S_IFREG = 0x8000;
  static final int S_IFLNK = 0xA000;
  static final int S_IFSOCK = 0xC000;

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  /** The type, the mode, the owner, the inode and the birth. */
  private static final int WANTED = 0x90B;

  private static final int SIZE = 256;

  private static final CFunction STATX = CFunction.intFunction("statx", 5);

  /** Of the file that a descriptor stands for. */
  static Statx of(int fd) throws ErrnoException {
    return of(fd, "", AT_EMPTY_PATH);
  }

  /** Of what a name in a folder leads to; of a symbolic link itself if it is one. */
  static Statx at(int folder, String name) throws ErrnoException {
    return of(folder, name, AT_SYMLINK_NOFOLLOW);
  }

  private static Statx of(int folder, String name, int flags) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      MemorySegment statx = arena.allocate(SIZE, 8);
      CLibrary.call(
          "statx",
          state -> STATX.invoke(state, folder, address(text), flags, WANTED, address(statx)));
      return new Statx(
          Short.toUnsignedInt(statx.get(JAVA_SHORT, 28)),
          Integer.toUnsignedLong(statx.get(JAVA_INT, 20)),
          ((long) statx.get(JAVA_INT, 136) << 32)
              | Integer.toUnsignedLong(statx.get(JAVA_INT, 140)),
          statx.get(JAVA_LONG, 32),
          statx.get(JAVA_LONG, 80) * 1_000_000_000 + statx.get(JAVA_INT, 88));
    }
  }

  /** Its type, as one of these constants. */
  int type() {
    return mode & S_IFMT;
  }
}
