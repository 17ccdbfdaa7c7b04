package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Linux calls on file names. Files are looked up below an open folder, so that no symbolic link can
 * lead out of it. They are checked by the descriptor that is used afterwards, so that they cannot
 * be swapped in between.
 *
 * <p>A <em>place</em> is a descriptor with O_PATH: it identifies a file, but does not open it.
 */
public final class PosixFiles {

  /**
   * The kind and the identity of a file (statx(2)).
   *
   * @param birth creation time in nanoseconds since the epoch, because another file can have the
   *     same inode later; 0 if the file system does not know it, and for folders: in an overlay,
   *     that of a folder changes when something is created in it
   */
  public record FileStatus(Kind kind, long device, long inode, long birth) {

    /** The kinds of file that Sluice distinguishes. */
    public enum Kind {
      FIFO,
      SOCKET,
      REGULAR,
      DIRECTORY,
      SYMBOLIC_LINK,
      OTHER
    }
  }

  private static final long SYS_OPENAT2 = 437;
  private static final long RESOLVE_NO_MAGICLINKS = 0x02;
  private static final long RESOLVE_BENEATH = 0x08;
  private static final int SAME_OWNER = -1;

  private static final CFunction OPENAT2 = CFunction.longVariadic("syscall", 1, 5);
  private static final CFunction MKFIFOAT = CFunction.intFunction("mkfifoat", 3);
  private static final CFunction FCHMODAT = CFunction.intFunction("fchmodat", 4);
  private static final CFunction FCHOWNAT = CFunction.intFunction("fchownat", 5);
  private static final CFunction UNLINKAT = CFunction.intFunction("unlinkat", 3);

  private static final boolean HAS_OPENAT2 = tryOpenat2();

  private PosixFiles() {}

  private static boolean tryOpenat2() {
    try {
      Posix.close(openPlace(Openat.AT_FDCWD, "/", 0));
      return true;
    } catch (ErrnoException e) {
      return false; // ENOSYS from an old Linux; ENOSYS or EPERM from seccomp
    }
  }

  /** Returns whether openat2(2) is available. Only then may names have symbolic links in them. */
  public static boolean followsLinks() {
    return HAS_OPENAT2;
  }

  /** Opens a path as a place (O_PATH): nothing is read or written, and nothing blocks. */
  public static int openPlace(FilePath path) throws ErrnoException {
    return Openat.open(Openat.AT_FDCWD, path.text(), Openat.O_PATH);
  }

  /**
   * As {@link #openPlace(FilePath)}, but does not follow a symbolic link: it opens the link itself.
   */
  public static int openPlaceOrLink(FilePath path) throws ErrnoException {
    return Openat.place(Openat.AT_FDCWD, path.text());
  }

  /** Opens a folder for reading. Unlike a place, it can be locked. */
  public static int openFolder(FilePath path) throws ErrnoException {
    return Openat.open(Openat.AT_FDCWD, path.text(), Openat.O_DIRECTORY);
  }

  /** Opens the folder of a place for reading. */
  public static int openFolder(int place) throws ErrnoException {
    return Openat.open(place, ".", Openat.O_DIRECTORY);
  }

  /**
   * As {@link #openPlace(FilePath)}, for a name relative to a folder. Fails with EXDEV if the name
   * leads out of the folder, also through a symbolic link (openat2(2), RESOLVE_BENEATH).
   */
  public static int openPlaceBeneath(int folder, String relative) throws ErrnoException {
    return HAS_OPENAT2
        ? openPlace(folder, relative, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS)
        : StepByStep.openPlaceBeneath(folder, relative);
  }

  private static int openPlace(int folder, String relative, long resolve) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(relative);
      MemorySegment how = arena.allocate(JAVA_LONG, 3);
      how.setAtIndex(JAVA_LONG, 0, Openat.O_PATH | Openat.O_CLOEXEC);
      how.setAtIndex(JAVA_LONG, 2, resolve);
      return (int)
          CLibrary.call(
              "openat2",
              state ->
                  OPENAT2.invoke(
                      state, SYS_OPENAT2, folder, address(name), address(how), how.byteSize()));
    }
  }

  /** Opens the file of a place without blocking, for writing or for reading. */
  public static int openNonBlocking(int place, boolean forWriting) throws ErrnoException {
    int flags = (forWriting ? Openat.O_WRONLY : 0) | Openat.O_NONBLOCK;
    return Openat.open(Openat.AT_FDCWD, pathOf(place), flags);
  }

  /** Returns a path by which this process, and no other, reaches the file of a descriptor. */
  public static String pathOf(int fd) {
    return "/proc/self/fd/" + fd;
  }

  /** Returns the status of a descriptor's file. */
  public static FileStatus status(int fd) throws ErrnoException {
    return status(Statx.of(fd));
  }

  /**
   * Returns the status of a name in a folder. Opens nothing. Does not follow a symbolic link, but
   * returns the status of the link itself.
   */
  public static FileStatus statusAt(int folder, String name) throws ErrnoException {
    return status(Statx.at(folder, name));
  }

  private static FileStatus status(Statx found) {
    FileStatus.Kind kind = kind(found.type());
    long birth = kind == FileStatus.Kind.DIRECTORY ? 0 : found.birth();
    return new FileStatus(kind, found.device(), found.inode(), birth);
  }

  private static FileStatus.Kind kind(int type) {
    return switch (type) {
      case Statx.S_IFIFO -> FileStatus.Kind.FIFO;
      case Statx.S_IFSOCK -> FileStatus.Kind.SOCKET;
      case Statx.S_IFREG -> FileStatus.Kind.REGULAR;
      case Statx.S_IFDIR -> FileStatus.Kind.DIRECTORY;
      case Statx.S_IFLNK -> FileStatus.Kind.SYMBOLIC_LINK;
      default -> FileStatus.Kind.OTHER;
    };
  }

  /**
   * Creates a FIFO in a folder with exactly these permissions, whatever the process's umask.
   *
   * @return the place of that FIFO, even if its name leads to something else by now
   * @throws ErrnoException EEXIST if the name exists; EPERM of chown if the process is not in the
   *     group; nothing is left behind
   */
  public static int makeFifo(int folder, String name, FilePermissions permissions)
      throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      CLibrary.call(
          "mkfifo",
          state -> MKFIFOAT.invoke(state, folder, address(text), permissions.mode() & 0600));
    }
    return openMade(folder, name, FileStatus.Kind.FIFO, permissions);
  }

  /**
   * Sets the permissions of a file that this process has just created; returns its place.
   *
   * @throws ErrnoException EEXIST if another kind of file is there now; after any other error the
   *     file is removed
   */
  static int openMade(int folder, String name, FileStatus.Kind kind, FilePermissions permissions)
      throws ErrnoException {
    try {
      return openPermitted(folder, name, kind, permissions);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EEXIST) {
        remove(folder, name);
      }
      throw e;
    }
  }

  private static int openPermitted(
      int folder, String name, FileStatus.Kind kind, FilePermissions permissions)
      throws ErrnoException {
    int place = Openat.place(folder, name);
    boolean ready = false;
    try (Arena arena = Arena.ofConfined()) {
      if (status(place).kind() != kind) {
        throw new ErrnoException("open", Errno.EEXIST);
      }
      MemorySegment itself = arena.allocateFrom(pathOf(place));
      if (permissions.group() != FilePermissions.SAME_GROUP) {
        CLibrary.call(
            "chown",
            state ->
                FCHOWNAT.invoke(
                    state, Openat.AT_FDCWD, address(itself), SAME_OWNER, permissions.group(), 0));
      }
      CLibrary.call(
          "chmod",
          state -> FCHMODAT.invoke(state, Openat.AT_FDCWD, address(itself), permissions.mode(), 0));
      ready = true;
      return place;
    } finally {
      if (!ready) {
        Posix.close(place);
      }
    }
  }

  /** Removes a name from a folder (unlinkat(2)). The name must not be that of a folder. */
  public static void remove(int folder, String name) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      CLibrary.call("unlink", state -> UNLINKAT.invoke(state, folder, address(text), 0));
    }
  }
}
