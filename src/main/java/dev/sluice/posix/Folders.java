package dev.sluice.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Linux calls on folders that an operator has named: made, found by another name, and whose they
 * are.
 */
public final class Folders {

  private static final int FOR_THIS_USER = 0700;
  private static final int WRITABLE_BY_OTHERS = 022;

  private static final MethodHandle MKDIRAT =
      CLibrary.function("mkdirat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETEUID =
      CLibrary.function("geteuid", FunctionDescriptor.of(JAVA_INT));

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
    return CLibrary.call(
        "geteuid", state -> Integer.toUnsignedLong((int) GETEUID.invokeExact(state)));
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
          "mkdir", state -> (int) MKDIRAT.invokeExact(state, Openat.AT_FDCWD, text, FOR_THIS_USER));
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
