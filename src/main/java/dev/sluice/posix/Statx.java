package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The metadata of a file (statx(2)).
 *
 * @param mode its type and its permissions
 * @param user the user ID of its owner
 * @param device the file system that it is on
 * @param inode its number there
 * @param birth creation time in nanoseconds since the epoch; 0 if the file system does not know it
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

  /** The fields to get: type, mode, owner, inode, and creation time. */
  private static final int WANTED = 0x90B;

  private static final int SIZE = 256;

  private static final CFunction STATX = CFunction.intFunction("statx", 5);

  /** Returns the metadata of a descriptor's file. */
  static Statx of(int fd) throws ErrnoException {
    return of(fd, "", AT_EMPTY_PATH);
  }

  /** Returns the metadata of a name in a folder. Does not follow a symbolic link. */
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

  /** Returns the type, as one of the S_IF constants. */
  int type() {
    return mode & S_IFMT;
  }
}
