package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FileLocks;
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
 * A folder below which endpoints may be. It is opened once, and used by that descriptor from then
 * on. It is locked while it is open, so that no other service takes the same FIFOs.
 */
final class Root implements AutoCloseable {

  private static final int WRITABLE_BY_GROUP = 020;
  private static final int WRITABLE_BY_ALL = 02;
  private static final int WRITABLE = WRITABLE_BY_GROUP | WRITABLE_BY_ALL;

  private final FilePath path;
  private final Descriptor folder;
  private final boolean made;
  private volatile FileStatus identity;

  /** Its owner and permissions when it was opened. */
  private volatile Folders.Rights rights;

  /** Whether the last attempt to make a FIFO succeeded. */
  private boolean takesFifos;

  /** Absolute and normalized: the configured path, and the path without symbolic links. */
  private final List<FilePath> names = new ArrayList<>();

  private Root(FilePath path, Descriptor folder, boolean made) throws ErrnoException {
    this.path = path;
    this.folder = folder;
    this.made = made;
    this.identity = PosixFiles.status(folder.number());
    this.rights = Folders.rights(folder.number());
    addName(path);
    addRealName();
  }

  /**
   * Opens a folder without locking it.
   *
   * @param made whether this service has made it, and may make it again
   */
  static Root open(FilePath path, boolean made) throws ErrnoException {
    Descriptor folder = openFolder(path);
    boolean opened = false;
    try {
      Root root = new Root(path, folder, made);
      opened = true;
      return root;
    } finally {
      if (!opened) {
        folder.close();
      }
    }
  }

  /** Opens a folder. One without read permission can be used, but not locked. */
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
   * Locks the folder against other services until this is closed.
   *
   * @return why it cannot be locked, as on some file systems; null if it is locked
   * @throws RootInUseException if another service has locked it
   */
  @Nullable String lock() throws RootInUseException {
    return lock(folder, identity);
  }

  private @Nullable String lock(Descriptor opened, FileStatus its) throws RootInUseException {
    try {
      if (Posix.lock(opened.number())) {
        return null;
      }
    } catch (ErrnoException e) {
      return e.getMessage();
    }
    throw new RootInUseException(path, FileLocks.holder(its));
  }

  /**
   * Returns what is wrong with it now; null if nothing is. Makes it again if this service had made
   * it and it is gone.
   */
  synchronized @Nullable String trouble() {
    try (Descriptor there = new Descriptor(PosixFiles.openPlace(path))) {
      return PosixFiles.status(there.number()).equals(identity)
          ? change()
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

  /**
   * Returns what is wrong if its owner has changed, or more users may write to it, since it was
   * opened; null if nothing.
   */
  private @Nullable String change() throws ErrnoException {
    Folders.Rights now = Folders.rights(folder.number());
    return now.user() == rights.user() && (now.mode() & ~rights.mode() & WRITABLE) == 0
        ? null
        : "%s was %s at the start, and is %s now; undo that, or start this service again"
            .formatted(path, rights, now);
  }

  /**
   * Makes the folder again, and lets the descriptor refer to the new one; returns what is wrong,
   * for example if somebody else has made a folder or a link there meanwhile.
   */
  private @Nullable String makeAnew() {
    try {
      Folders.make(path);
      try (Descriptor anew = openFolder(path);
          Descriptor there = new Descriptor(PosixFiles.openPlaceOrLink(path))) {
        FileStatus its = PosixFiles.status(anew.number());
        Folders.Rights now = Folders.rights(anew.number());
        if (!now.isOwnAlone() || !PosixFiles.status(there.number()).equals(its)) {
          return "%s has gone, and somebody else has made it again, as %s; remove it"
              .formatted(path, now);
        }
        lock(anew, its);
        Posix.replace(folder.number(), anew.number());
        rights = now;
        identity = its;
        takesFifos = false;
      }
      return null;
    } catch (IOException e) {
      return "%s has gone, and cannot be made again: %s".formatted(path, e.getMessage());
    }
  }

  /**
   * Returns why no FIFO can be made in it; null if one can. Health checks call this often, and
   * anybody can call those. So it only makes a FIFO at the start, after a failure, and while the
   * folder is not writable: that writes to the disk, and is seen by everybody who watches the
   * folder.
   */
  synchronized @Nullable String refusal(FilePermissions permissions) {
    boolean writable = Files.isWritable(Path.of(PosixFiles.pathOf(folder.number())));
    return takesFifos && writable ? null : tryToMake(permissions);
  }

  /** Makes a FIFO and removes it; returns why that fails, or null. */
  synchronized @Nullable String tryToMake(FilePermissions permissions) {
    takesFifos = false;
    String name = ".sluice-trial-%x".formatted(System.nanoTime());
    try {
      Posix.close(PosixFiles.makeFifo(folder.number(), name, permissions));
      PosixFiles.remove(folder.number(), name);
      takesFifos = true;
      return null;
    } catch (ErrnoException e) {
      return "no FIFO can be made in %s: %s%s"
          .formatted(path, e.getMessage(), permissions.groupHint(e));
    }
  }

  /** Returns a warning if fs.protected_fifos keeps peers from using FIFOs in it; null if not. */
  @Nullable String restriction() {
    int level = ProtectedFifos.level();
    try {
      return ProtectedFifos.isRestricted(Folders.rights(folder.number()), Folders.ownUser(), level)
          ? ("%s is sticky, others may write to it, it is another user's, and fs.protected_fifos is"
                  + " %d: nobody but this service's user can open a FIFO there as a shell's > does,"
                  + " not even root. Use a folder of this service's own user")
              .formatted(path, level)
          : null;
    } catch (IOException e) {
      return null; // it cannot be known, and nothing depends on it
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

  /** Adds a name of this folder, which paths may begin with. */
  void addName(FilePath name) {
    names.add(name);
  }

  private void addRealName() {
    try {
      names.add(Folders.pathOf(folder.number()));
    } catch (ErrnoException e) {
      // Then it has only the name by which it was opened.
    }
  }

  /** Returns the names of the folder, which paths may begin with. */
  List<FilePath> names() {
    return names;
  }

  /** Returns the folder's descriptor; -1 once closed. */
  int number() {
    return folder.number();
  }

  @Override
  public void close() {
    folder.close();
  }
}
