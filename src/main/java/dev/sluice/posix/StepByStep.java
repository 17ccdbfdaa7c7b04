package dev.sluice.posix;

/**
 * Looks up a name below a folder without openat2(2): one folder after the other, each relative to
 * the one before, without following any symbolic link.
 */
final class StepByStep {

  private StepByStep() {}

  /**
   * Opens a relative name below a folder as a place.
   *
   * @throws ErrnoException EXDEV if the name has ".." or is absolute; ELOOP for a symbolic link,
   *     wherever it leads
   */
  static int openPlaceBeneath(int folder, String relative) throws ErrnoException {
    if (relative.startsWith("/")) {
      throw new ErrnoException("open", Errno.EXDEV);
    }
    Descriptor at = new Descriptor(Openat.place(folder, "."));
    boolean found = false;
    try {
      for (String name : relative.split("/", -1)) {
        if (name.equals("..")) {
          throw new ErrnoException("open", Errno.EXDEV);
        }
        Descriptor next = new Descriptor(Openat.place(at.number(), name));
        at.close();
        at = next;
        if (Statx.of(at.number()).type() == Statx.S_IFLNK) {
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
