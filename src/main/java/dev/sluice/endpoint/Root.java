package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One folder below which endpoints may live. It is opened once and used by that descriptor from
 * then on, and locked as long as it is open, so that no other service takes the same FIFOs.
 */
final class Root implements AutoCloseable {

  private final Path path;
  private final Descriptor folder;
  private final FileStatus identity;

  /** Absolute and normal: as it is configured, and without symbolic links. */
  private final List<Path> names = new ArrayList<>();

  private Root(Path path, Descriptor folder, FileStatus identity) {
    this.path = path;
    this.folder = folder;
    this.identity = identity;
    addNames(path);
  }

  /** Opens a folder, which is not locked yet. */
  static Root open(Path path) throws ErrnoException {
    Descriptor folder = openFolder(path.toString());
    boolean opened = false;
    try {
      Root root = new Root(path, folder, PosixFiles.status(folder.number()));
      opened = true;
      return root;
    } finally {
      if (!opened) {
        folder.close();
      }
    }
  }

  /** One that may not be read can be used all the same, but not locked. */
  private static Descriptor openFolder(String path) throws ErrnoException {
    try {
      return new Descriptor(PosixFiles.openFolder(path));
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EACCES) {
        throw e;
      }
      return new Descriptor(PosixFiles.openPlace(path));
    }
  }

  /**
   * Keeps every other service out until this is closed.
   *
   * @return why it cannot be locked, as on some file systems; null if it is locked
   * @throws RootInUseException when another service has it
   */
  @Nullable String lock() throws RootInUseException {
    try {
      if (Posix.lock(folder.number())) {
        return null;
      }
    } catch (ErrnoException e) {
      return e.getMessage();
    }
    throw new RootInUseException(path, FileLocks.holder(identity));
  }

  Path path() {
    return path;
  }

  boolean isSameFolderAs(Root other) {
    return identity.equals(other.identity);
  }

  /** Paths may begin with this name, too. */
  void addNames(Path name) {
    names.add(name);
    try {
      names.add(name.toRealPath());
    } catch (IOException e) {
      // Then it is known by the name that it was opened by.
    }
  }

  /** The names of the folder, each of which a path may begin with. */
  List<Path> names() {
    return names;
  }

  /** The folder's descriptor, as long as this is open. */
  int number() {
    return folder.number();
  }

  @Override
  public void close() {
    folder.close();
  }
}
