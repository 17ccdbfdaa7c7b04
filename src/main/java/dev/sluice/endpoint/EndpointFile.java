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
 * The file of an endpoint, which was found or made. Its name may lead to another file later. Until
 * this is closed, no other file can have its {@link #identity()}. Owned by its endpoint.
 */
final class EndpointFile {

  private static final Logger log = LoggerFactory.getLogger(EndpointFile.class);

  private final EndpointRoots.Location location;

  /** The folder of the file; closed if it is not needed, or is the root. */
  private final Descriptor folder;

  private final Descriptor handle;
  private final FileStatus identity;
  private final boolean made;
  private final FolderLocks.Hold hold;

  /**
   * Creates the file of an endpoint.
   *
   * @param folder the folder that it is in
   * @param handle its place, which keeps its inode from being reused
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

  /** Returns the place of the file, which is not open. */
  Descriptor handle() {
    return handle;
  }

  /** Returns the identity of the file, whatever names lead to it. */
  FileStatus identity() {
    return identity;
  }

  FileStatus.Kind kind() {
    return identity.kind();
  }

  /** Returns whether this service made it. */
  boolean isMade() {
    return made;
  }

  /**
   * Closes the folder unless it is needed. It stays open if it is needed to remove the file, which
   * must not take a new descriptor.
   */
  void keepWhatIsNeeded() {
    if (!made || location.isInRoot()) {
      folder.close();
    }
  }

  /** Opens the place that its name leads to now. Fails if that is of another kind. */
  Descriptor lookUp() throws IOException {
    String trouble = location.root().trouble();
    if (trouble != null) {
      throw new IOException(trouble + ";"); // whoever controls the folder controls what is in it
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

  /** Returns whether a descriptor is of the same file. */
  boolean isSame(Descriptor other) throws ErrnoException {
    return PosixFiles.status(other.number()).equals(identity);
  }

  /** Returns whether its name no longer leads to it; false if that cannot be known now. */
  boolean hasGone() {
    try (Descriptor found = location.openFile()) {
      return !isSame(found);
    } catch (ErrnoException e) {
      return e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR;
    }
  }

  /** Removes it from its folder, and closes the folder. */
  void remove() {
    int from = location.isInRoot() ? location.root().number() : folder.number();
    try {
      // If somebody else has replaced it, it is not removed.
      if (PosixFiles.statusAt(from, location.name()).equals(identity)) {
        PosixFiles.remove(from, location.name());
      }
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT) {
        log.warn("{} cannot be removed ({}); remove it by hand", location, e.getMessage());
      }
    }
    folder.close(); // frees a descriptor
  }

  /** Closes its descriptors. From then on, another file can get the inode. */
  void close() {
    handle.close();
    hold.close();
  }
}
