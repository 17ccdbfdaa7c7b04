package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.FilePermissions;
import dev.sluice.posix.Folders;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One folder below which endpoints may live. It is opened once and used by that descriptor from
 * then on, and locked as long as it is open, so that no other service takes the same FIFOs.
 */
final class Root implements AutoCloseable {

  private static final int STICKY_AND_WORLD_WRITABLE = 01002;

  private final FilePath path;
  private final Descriptor folder;
  private final boolean made;
  private volatile FileStatus identity;

  /** Absolute and normal: as it is configured, and without symbolic links. */
  private final List<FilePath> names = new ArrayList<>();

  private Root(FilePath path, Descriptor folder, FileStatus identity, boolean made) {
    this.path = path;
    this.folder = folder;
    this.made = made;
    this.identity = identity;
    addName(path);
    addRealName();
  }

  /**
   * Opens a folder, which is not locked yet.
   *
   * @param made whether this service has made it, and may do so again
   */
  static Root open(FilePath path, boolean made) throws ErrnoException {
    Descriptor folder = openFolder(path);
    boolean opened = false;
    try {
      Root root = new Root(path, folder, PosixFiles.status(folder.number()), made);
      opened = true;
      return root;
    } finally {
      if (!opened) {
        folder.close();
      }
    }
  }

  /** One that may not be read can be used all the same, but not locked. */
  private static Descriptor openFolder(FilePath path) throws ErrnoException {
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

  /** What is wrong with it now; null if nothing is. One that was made is made anew. */
  synchronized @Nullable String trouble() {
    try (Descriptor there = new Descriptor(PosixFiles.openPlace(path))) {
      return PosixFiles.status(there.number()).equals(identity)
          ? null
          : "another folder is in the place of %s; start this service again".formatted(path);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT) {
        return "%s cannot be reached: %s".formatted(path, e.getMessage());
      }
      return made
          ? makeAnew()
          : "%s has gone; make it, and start this service again".formatted(path);
    }
  }

  /** Whoever uses the descriptor uses the new folder from then on. */
  private @Nullable String makeAnew() {
    try {
      Folders.make(path);
      try (Descriptor anew = openFolder(path)) {
        FileStatus its = PosixFiles.status(anew.number());
        Posix.replace(folder.number(), anew.number());
        identity = its;
      }
      lock();
      return null;
    } catch (IOException e) {
      return "%s has gone, and cannot be made again: %s".formatted(path, e.getMessage());
    }
  }

  /** Why no FIFO can be made in it; null if one can. */
  @Nullable String tryToMake(FilePermissions permissions) {
    String name = ".sluice-trial-%x".formatted(System.nanoTime());
    try {
      Posix.close(PosixFiles.makeFifo(folder.number(), name, permissions));
      PosixFiles.remove(folder.number(), name);
      return null;
    } catch (ErrnoException e) {
      return "no FIFO can be made in %s: %s%s"
          .formatted(path, e.getMessage(), permissions.groupHint(e));
    }
  }

  /** What Linux keeps others from there; null if nothing. */
  @Nullable String restriction() {
    try {
      int mode =
          (Integer) Files.getAttribute(Path.of(PosixFiles.pathOf(folder.number())), "unix:mode");
      boolean protectedFifos =
          !Files.readString(Path.of("/proc/sys/fs/protected_fifos")).strip().equals("0");
      return (mode & STICKY_AND_WORLD_WRITABLE) == STICKY_AND_WORLD_WRITABLE && protectedFifos
          ? ("%s is sticky and world-writable, and fs.protected_fifos is set: a peer of another"
                  + " user cannot open a FIFO there as a shell's > does; use a folder that not"
                  + " everybody may write to")
              .formatted(path)
          : null;
    } catch (IOException e) {
      return null; // nobody knows, and nothing depends on it
    }
  }

  FilePath path() {
    return path;
  }

  boolean isSameFolderAs(Root other) {
    return isSameFolderAs(other.identity);
  }

  boolean isSameFolderAs(FileStatus other) {
    return identity.equals(other);
  }

  /** Paths may begin with this name, too. */
  void addName(FilePath name) {
    names.add(name);
  }

  private void addRealName() {
    try {
      names.add(Folders.pathOf(folder.number()));
    } catch (ErrnoException e) {
      // Then it is known by the name that it was opened by.
    }
  }

  /** The names of the folder, each of which a path may begin with. */
  List<FilePath> names() {
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
