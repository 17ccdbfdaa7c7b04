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
 * One folder below which endpoints may live. It is opened once and used by that descriptor from
 * then on, and locked as long as it is open, so that no other service takes the same FIFOs.
 */
final class Root implements AutoCloseable {

  private static final int WRITABLE_BY_GROUP = 020;
  private static final int WRITABLE_BY_ALL = 02;
  private static final int WRITABLE = WRITABLE_BY_GROUP | WRITABLE_BY_ALL;

  private final FilePath path;
  private final Descriptor folder;
  private final boolean made;
  private volatile FileStatus identity;

  /** Whose it was when it was opened, and who might use it. */
  private volatile Folders.Rights rights;

  /** Whether the last trial made a FIFO. */
  private boolean takesFifos;

  /** Absolute and normal: as it is configured, and without symbolic links. */
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
   * Opens a folder, which is not locked yet.
   *
   * @param made whether this service has made it, and may do so again
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

  /** What is wrong with it now; null if nothing is. One that was made is made anew. */
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

  /** Who else may use it since it was opened; null if nobody. */
  private @Nullable String change() throws ErrnoException {
    Folders.Rights now = Folders.rights(folder.number());
    return now.user() == rights.user() && (now.mode() & ~rights.mode() & WRITABLE) == 0
        ? null
        : "%s was %s at the start, and is %s now; undo that, or start this service again"
            .formatted(path, rights, now);
  }

  /**
   * Whoever uses the descriptor uses the new folder from then on. Somebody else may have been
   * faster, with a folder or a link.
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
   * Why no FIFO can be made in it; null if one can. Probes ask all the time, and anybody can: so it
   * is tried at the start, after a failure, and when the folder cannot be written any more, but not
   * each time. A trial writes to the disk, and is seen by whoever watches the folder.
   */
  synchronized @Nullable String refusal(FilePermissions permissions) {
    boolean writable = Files.isWritable(Path.of(PosixFiles.pathOf(folder.number())));
    return takesFifos && writable ? null : tryToMake(permissions);
  }

  /** The same, and it is tried. */
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

  /** What Linux keeps others from there; null if nothing. */
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
