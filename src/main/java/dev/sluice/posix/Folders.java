package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Linux calls on folders that an operator has named: made, found by another name, and whose they
 * are.
 */
public final class Folders {

  private static final int FOR_THIS_USER = 0700;
  private static final int WRITABLE_BY_OTHERS = 022;

  private static final CFunction MKDIRAT = CFunction.intFunction("mkdirat", 3);
  private static final CFunction GETEUID = CFunction.intFunction("geteuid", 0);

  private Folders() {}

  /**
   * Whose a folder is, and who may use it.
   *
   * @param mode permission bits, such as 01777
   * @param user the number of its owner
   */
  public record Rights(int mode, long user) {

    /** Whether it is this process's user's, and nobody else may write to it. */
    public boolean isOwnAlone() throws ErrnoException {
      return user == ownUser() && (mode & WRITABLE_BY_OTHERS) == 0;
    }

    @Override
    public String toString() {
      return "user %d's with mode %04o".formatted(user, mode);
    }
  }

  /** The rights of an open folder. */
  public static Rights rights(int folder) throws ErrnoException {
    Statx found = Statx.of(folder);
    return new Rights(found.mode() & ~Statx.S_IFMT, found.user());
  }

  /** The number of this process's user. */
  public static long ownUser() throws ErrnoException {
    return CLibrary.call("geteuid", state -> GETEUID.invoke(state) & 0xFFFF_FFFFL);
  }

  /**
   * Makes a folder for this user alone, and those above it that are missing.
   *
   * @return false if it was there already
   * @throws ErrnoException ENOTDIR when something else is there
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
   * The path of an open folder without symbolic links.
   *
   * @throws ErrnoException EILSEQ when it is not in UTF-8
   */
  public static FilePath pathOf(int folder) throws ErrnoException {
    return new FilePath(SymbolicLinks.target(PosixFiles.pathOf(folder)));
  }
}
