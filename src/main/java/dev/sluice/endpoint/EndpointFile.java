package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that an endpoint was made for, which was found or made. Its name may lead to another one
 * later. As long as it is not closed, no other file can have its {@link #identity()}. Owned by its
 * endpoint.
 */
final class EndpointFile {

  private static final Logger log = LoggerFactory.getLogger(EndpointFile.class);

  private final EndpointRoots.Location location;

  /** Open as long as it is needed and is not the root. */
  private final Descriptor folder;

  private final Descriptor handle;
  private final FileStatus identity;
  private final boolean made;
  private final FolderLocks.Hold hold;

  /**
   * The file that was found or made.
   *
   * @param folder where it is
   * @param handle stands for the file without being open, and keeps its inode from being given to
   *     another one
   * @param made whether this service made it
   * @param hold keeps other services out of its folder
   */
  EndpointFile(
      EndpointRoots.Location location,
      Descriptor folder,
      Descriptor handle,
      boolean made,
      FolderLocks.Hold hold)
      throws ErrnoException {
    this.location = location;
    this.folder = folder;
    this.handle = handle;
    this.identity = PosixFiles.status(handle.number());
    this.made = made;
    this.hold = hold;
  }

  EndpointRoots.Location location() {
    return location;
  }

  Descriptor folder() {
    return folder;
  }

  /** What stands for it without being open. */
  Descriptor handle() {
    return handle;
  }

  /** Which file this is, whatever names lead to it. */
  FileStatus identity() {
    return identity;
  }

  FileStatus.Kind kind() {
    return identity.kind();
  }

  /** Whether this service made it. */
  boolean isMade() {
    return made;
  }

  /** Keeps no more descriptors than it needs: to remove a file must not take a new one. */
  void keepWhatIsNeeded() {
    if (!made || location.isInRoot()) {
      folder.close();
    }
  }

  /** What its name leads to now, of the same kind. */
  Descriptor lookUp() throws IOException {
    String trouble = location.root().trouble();
    if (trouble != null) {
      throw new IOException(trouble + ";"); // whoever has the folder chooses what is in it
    }
    Descriptor found = location.openFile();
    boolean usable = false;
    try {
      FileStatus.Kind kind = PosixFiles.status(found.number()).kind();
      if (kind != kind()) {
        throw new IOException("the endpoint's path is a " + kind + " now");
      }
      usable = true;
      return found;
    } finally {
      if (!usable) {
        found.close();
      }
    }
  }

  /** Whether this is the same file. */
  boolean isSame(Descriptor other) throws ErrnoException {
    return PosixFiles.status(other.number()).equals(identity);
  }

  /** Whether its name leads to it no more; false where that cannot be known now. */
  boolean hasGone() {
    try (Descriptor found = location.openFile()) {
      return !isSame(found);
    } catch (ErrnoException e) {
      return e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR;
    }
  }

  /** Removes it from its folder, and closes that. */
  void remove() {
    int from = location.isInRoot() ? location.root().number() : folder.number();
    try {
      // Somebody else may have replaced it: then it is not ours to remove.
      if (PosixFiles.statusAt(from, location.name()).equals(identity)) {
        PosixFiles.remove(from, location.name());
      }
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT) {
        log.warn("{} cannot be removed ({}); remove it by hand", location, e.getMessage());
      }
    }
    folder.close(); // so that a descriptor is free
  }

  /** From here on another file can have its inode. */
  void close() {
    handle.close();
    hold.close();
  }
}
