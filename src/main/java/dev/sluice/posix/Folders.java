package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Linux calls on folders that an operator has configured: create them, and find their real paths,
 * owners and permissions.
 */
public final class Folders {

  private static final int FOR_THIS_USER = 0700;
  private static final int WRITABLE_BY_OTHERS = 022;

  private static final CFunction MKDIRAT = CFunction.intFunction("mkdirat", 3);
  private static final CFunction GETEUID = CFunction.intFunction("geteuid", 0);

  private Folders() {}

  /**
   * The owner and the permissions of a folder.
   *
   * @param mode permission bits, such as 01777
   * @param user the user ID of its owner
   */
  public record Rights(int mode, long user) {

    /** Returns whether this process's user owns it, and nobody else may write to it. */
    public boolean isOwnAlone() throws ErrnoException {
      return user == ownUser() && (mode & WRITABLE_BY_OTHERS) == 0;
    }

    @Override
    public String toString() {
      return "user %d's with mode %04o".formatted(user, mode);
    }
  }

  /** Returns the owner and the permissions of an open folder. */
  public static Rights rights(int folder) throws ErrnoException {
    Statx found = Statx.of(folder);
    return new Rights(found.mode() & ~Statx.S_IFMT, found.user());
  }

  /** Returns the effective user ID of this process. */
  public static long ownUser() throws ErrnoException {
    return CLibrary.call("geteuid", state -> GETEUID.invoke(state) & 0xFFFF_FFFFL);
  }

  /**
   * Creates a folder for this user alone, and missing folders above it.
   *
   * @return false if it existed
   * @throws ErrnoException ENOTDIR if something else is there
   */
  public static boolean make(FilePath path) throws ErrnoException {
    try {
      makeOne(path);
      return true;
    } catch (ErrnoException e) {
      switch (e.errno()) {
        case Errno.EEXIST -> requireFolder(path);
        case Errno.ENOENT -> {
          make(path.parent());
          makeOne(path);
          return true;
        }
        default -> throw e;
      }
      return false;
    }
  }

  private static void makeOne(FilePath path) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(path.text());
      CLibrary.call(
          "mkdir", state -> MKDIRAT.invoke(state, Openat.AT_FDCWD, address(text), FOR_THIS_USER));
    }
  }

  private static void requireFolder(FilePath path) throws ErrnoException {
    try (Descriptor found = new Descriptor(PosixFiles.openPlace(path))) {
      if (Statx.of(found.number()).type() != Statx.S_IFDIR) {
        throw new ErrnoException("mkdir", Errno.ENOTDIR);
      }
    }
  }

  /**
   * Returns the path of an open folder, without symbolic links.
   *
   * @throws ErrnoException EILSEQ if it is not in UTF-8
   */
  public static FilePath pathOf(int folder) throws ErrnoException {
    return new FilePath(SymbolicLinks.target(PosixFiles.pathOf(folder)));
  }
}
