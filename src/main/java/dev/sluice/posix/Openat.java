package dev.sluice.posix;

import static dev.sluice.posix.CFunction.address;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Opens names, relative to an open folder or absolute (openat(2)). */
final class Openat {

  static final int AT_FDCWD = -100;
  static final int O_WRONLY = 1;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int O_PATH = 0x200000;

  /** Unlike most flags, these two depend on the architecture (asm/fcntl.h). */
  static final int O_DIRECTORY = isArm() ? 0x4000 : 0x10000;

  static final int O_NOFOLLOW = isArm() ? 0x8000 : 0x20000;

  private static final CFunction OPENAT = CFunction.intVariadic("openat", 3, 4);

  private Openat() {}

  private static boolean isArm() {
    return "aarch64".equals(System.getProperty("os.arch"));
  }

  /** Opens a name with these flags and O_CLOEXEC. */
  static int open(int folder, String name, int flags) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return (int)
          CLibrary.call(
              "open", state -> OPENAT.invoke(state, folder, address(text), flags | O_CLOEXEC, 0));
    }
  }

  /**
   * Opens a name in a folder with O_PATH. Does not follow a symbolic link, but opens the link
   * itself.
   */
  static int place(int folder, String name) throws ErrnoException {
    return open(folder, name, O_PATH | O_NOFOLLOW);
  }
}
