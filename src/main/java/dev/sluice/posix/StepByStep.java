package dev.sluice.posix;

import dev.sluice.posix.PosixFiles.FileStatus;

/**
 * Looks a name up below a folder where there is no openat2(2): one folder after the other, each
 * through the descriptor of the one before, and following no symbolic link at all.
 */
final class StepByStep {

  private StepByStep() {}

  /**
   * As {@link PosixFiles#openPlaceBeneath}.
   *
   * @throws ErrnoException EXDEV for a name that leads out; ELOOP for a symbolic link, wherever it
   *     leads
   */
  static int openPlaceBeneath(int folder, String relative) throws ErrnoException {
    if (relative.startsWith("/")) {
      throw new ErrnoException("open", Errno.EXDEV);
    }
    Descriptor at = new Descriptor(PosixFiles.openPlaceAt(folder, "."));
    boolean found = false;
    try {
      for (String name : relative.split("/", -1)) {
        if (name.equals("..")) {
          throw new ErrnoException("open", Errno.EXDEV);
        }
        Descriptor next = new Descriptor(PosixFiles.openPlaceAt(at.number(), name));
        at.close();
        at = next;
        if (PosixFiles.status(at.number()).kind() == FileStatus.Kind.SYMBOLIC_LINK) {
          throw new ErrnoException("open", Errno.ELOOP);
        }
      }
      found = true;
      return at.number();
    } finally {
      if (!found) {
        at.close();
      }
    }
  }
}
