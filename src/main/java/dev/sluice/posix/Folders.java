package dev.sluice.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sluice.posix.PosixFiles.FileStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Linux calls on folders that an operator has named: made, found by another name, and whose they
 * are.
 */
public final class Folders {

  private static final int AT_FDCWD = -100;
  private static final int FOR_THIS_USER = 0700;
  private static final int WRITABLE_BY_OTHERS = 022;

  /** What Linux gives at most. */
  private static final int MAX_PATH_BYTES = 4096;

  private static final MethodHandle MKDIRAT =
      CLibrary.function("mkdirat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle READLINKAT =
      CLibrary.function(
          "readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));

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
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statx = PosixFiles.statx(folder, "", PosixFiles.AT_EMPTY_PATH, arena);
      return new Rights(
          Short.toUnsignedInt(statx.get(JAVA_SHORT, 28)) & ~PosixFiles.S_IFMT,
          Integer.toUnsignedLong(statx.get(JAVA_INT, 20)));
    }
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
          "mkdir", state -> (int) MKDIRAT.invokeExact(state, AT_FDCWD, text, FOR_THIS_USER));
    }
  }

  private static void requireFolder(FilePath path) throws ErrnoException {
    try (Descriptor found = new Descriptor(PosixFiles.openPlace(path))) {
      if (PosixFiles.status(found.number()).kind() != FileStatus.Kind.DIRECTORY) {
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
    return new FilePath(target(PosixFiles.pathOf(folder)));
  }

  /** The folder that this process was started in, as text. */
  static String working() {
    try {
      return target("/proc/self/cwd");
    } catch (ErrnoException e) {
      throw new IllegalArgumentException(
          "it is relative to the folder of the start, which has no name that can be used (%s); expected an absolute path"
              .formatted(e.getMessage()),
          e);
    }
  }

  private static String target(String link) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(link);
      MemorySegment target = arena.allocate(MAX_PATH_BYTES);
      long length =
          CLibrary.call(
              "readlink",
              state ->
                  (long) READLINKAT.invokeExact(state, AT_FDCWD, name, target, target.byteSize()));
      byte[] bytes = target.asSlice(0, length).toArray(JAVA_BYTE);
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
        throw new ErrnoException("readlink", Errno.EILSEQ);
      }
      return text;
    }
  }
}
