package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FileLocks;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Locks the folders below roots as long as they have FIFOs of this service. Such a folder may be
 * the root of another service, or contain it, and both services would take the same FIFO. Guarded
 * by its monitor.
 */
final class FolderLocks {

  private final List<Root> roots;
  private final Map<FileStatus, Lock> locks = new HashMap<>();

  /**
   * Creates an instance without locks.
   *
   * @param roots folders that are never locked here
   */
  FolderLocks(List<Root> roots) {
    this.roots = roots;
  }

  /** Holds the lock of a folder until it is closed. */
  interface Hold extends AutoCloseable {

    /** For a folder that needs no lock, or cannot be locked. */
    Hold NONE = () -> {};

    /** Idempotent. */
    @Override
    void close();
  }

  private static final class Lock {
    private final Descriptor folder;
    private int holds;

    private Lock(Descriptor folder) {
      this.folder = folder;
    }
  }

  /**
   * Locks a folder against other services. A folder that cannot be locked, for example because this
   * service may not read it, is left unlocked.
   *
   * @throws RefusedEndpointException if another service has locked it
   * @throws ErrnoException if its identity cannot be read
   */
  synchronized Hold hold(Descriptor place) throws RefusedEndpointException, ErrnoException {
    FileStatus identity = PosixFiles.status(place.number());
    if (roots.stream().anyMatch(root -> root.isSameFolderAs(identity))) {
      return Hold.NONE;
    }
    Lock lock = locks.get(identity);
    if (lock == null) {
      Descriptor folder = lock(place, identity);
      if (folder == null) {
        return Hold.NONE;
      }
      lock = new Lock(folder);
      locks.put(identity, lock);
    }
    lock.holds++;
    Lock held = lock;
    return new Hold() {
      private boolean closed;

      @Override
      public void close() {
        synchronized (FolderLocks.this) {
          if (!closed && --held.holds == 0) {
            locks.remove(identity);
            held.folder.close();
          }
          closed = true;
        }
      }
    };
  }

  /** Opens and locks a folder; returns null if it cannot be locked. */
  private static @Nullable Descriptor lock(Descriptor place, FileStatus identity)
      throws RefusedEndpointException {
    Descriptor folder = null;
    boolean locked = false;
    try {
      folder = new Descriptor(PosixFiles.openFolder(place.number()));
      locked = Posix.lock(folder.number());
      if (!locked) {
        throw new RefusedEndpointException(
            "%s has the folder that it is in; expected one that no other service uses"
                .formatted(FileLocks.describe(FileLocks.holder(identity))));
      }
      return folder;
    } catch (ErrnoException e) {
      return null;
    } finally {
      if (!locked && folder != null) {
        folder.close();
      }
    }
  }
}
