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
 * The folders below roots that FIFOs of this service are in, each locked as long as one is. The
 * root of another service may be such a folder, or have it in it, and both would take the same
 * FIFO. Guarded by its monitor.
 */
final class FolderLocks {

  private final List<Root> roots;
  private final Map<FileStatus, Lock> locks = new HashMap<>();

  /**
   * Has locked nothing yet.
   *
   * @param roots which are locked in any case
   */
  FolderLocks(List<Root> roots) {
    this.roots = roots;
  }

  /** A folder is this service's until this is closed. */
  interface Hold extends AutoCloseable {

    /** What needs no lock, or cannot have one. */
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
   * Keeps other services out of a folder. One that cannot be locked, since this service may not
   * read it for example, is not.
   *
   * @throws RefusedEndpointException when another service has it
   * @throws ErrnoException when nobody can say which folder it is
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

  /** Null where it cannot be locked. */
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
