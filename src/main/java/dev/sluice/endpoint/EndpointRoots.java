package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.FilePermissions;
import dev.sluice.posix.PosixFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The folders below which endpoints may be, open and locked until this is closed, and the watch for
 * the FIFOs in them.
 */
public final class EndpointRoots implements AutoCloseable {

  private final List<Root> roots;
  private final FifoWatch watch;
  private final FolderLocks folders;
  private final OwnSockets ownSockets = new OwnSockets();

  private final List<String> warnings = new ArrayList<>();

  private EndpointRoots(List<Root> roots, boolean locked) throws RootInUseException {
    this.roots = roots;
    folders = new FolderLocks(roots);
    if (locked) {
      lockAll();
    }
    for (Root root : roots) {
      String restriction = root.restriction();
      if (restriction != null) {
        warnings.add(restriction);
      }
    }
    if (!PosixFiles.followsLinks()) {
      warnings.add(
          "openat2(2) is missing or forbidden here (Linux before 5.6, systemd's"
              + " RestrictSUIDSGID, a seccomp profile): no symbolic link in a path is followed");
    }
    watch = new FifoWatch();
    if (watch.unavailable() != null) {
      warnings.add(
          "Nobody who opens a FIFO can be counted (%s): see to it that one process does"
              .formatted(watch.unavailable()));
    }
  }

  private void lockAll() throws RootInUseException {
    for (Root root : roots) {
      String reason = root.lock();
      if (reason != null) {
        warnings.add(
            "%s cannot be locked (%s): see to it that no other service has this root"
                .formatted(root.path(), reason));
      }
    }
  }

  /**
   * Opens one folder without locking it, so that other services may have it at the same time. An
   * open FIFO in it still belongs to one process only.
   *
   * @throws ErrnoException if it cannot be opened
   */
  public static EndpointRoots shared(FilePath folder) throws IOException {
    Root root = Root.open(folder, /* made= */ false);
    boolean opened = false;
    try {
      EndpointRoots all = new EndpointRoots(List.of(root), /* locked= */ false);
      opened = true;
      return all;
    } finally {
      if (!opened) {
        root.close();
      }
    }
  }

  /** Opens and locks folders, of which this service has made none; see {@link #open(List, Set)}. */
  public static EndpointRoots open(List<FilePath> paths) throws IOException {
    return open(paths, Set.of());
  }

  /**
   * Opens and locks existing folders. A folder may be named more than once.
   *
   * @param made those that this service has made, and may make again
   * @throws RootInUseException if another service has one of them
   * @throws ErrnoException if one cannot be opened
   */
  public static EndpointRoots open(List<FilePath> paths, Set<FilePath> made) throws IOException {
    List<Root> roots = new ArrayList<>();
    boolean opened = false;
    try {
      for (FilePath path : paths) {
        add(Root.open(path, made.contains(path)), roots);
      }
      EndpointRoots all = new EndpointRoots(roots, /* locked= */ true);
      opened = true;
      return all;
    } finally {
      if (!opened) {
        roots.forEach(Root::close);
      }
    }
  }

  private static void add(Root root, List<Root> roots) {
    for (Root other : roots) {
      if (other.isSameFolderAs(root)) {
        other.addName(root.path());
        root.close();
        return;
      }
    }
    roots.add(root);
  }

  /**
   * Returns warnings about what this machine does not permit, and what is not watched because of
   * that.
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Returns what is wrong with roots now. Makes a root again that this service had made and that is
   * gone.
   */
  List<String> troubles(FilePermissions permissions) {
    List<String> found = new ArrayList<>();
    for (Root root : roots) {
      String trouble = root.trouble();
      if (trouble == null) {
        trouble = root.refusal(permissions);
      }
      if (trouble != null) {
        found.add(trouble);
      }
    }
    return found;
  }

  FifoWatch watch() {
    return watch;
  }

  FolderLocks folders() {
    return folders;
  }

  OwnSockets ownSockets() {
    return ownSockets;
  }

  /**
   * Finds the root that a path is below, by name. Symbolic links are checked when the path is
   * opened.
   *
   * @throws RefusedEndpointException if the path is below no root
   */
  Location locate(FilePath path) throws RefusedEndpointException {
    for (Root root : roots) {
      for (FilePath name : root.names()) {
        if (path.isBelow(name)) {
          return new Location(root, path.relativeTo(name));
        }
      }
    }
    throw new RefusedEndpointException(
        "it is outside the permitted folders; expected a path below "
            + roots.stream().map(Root::path).toList());
  }

  /** Idempotent. */
  @Override
  public void close() {
    watch.close();
    roots.forEach(Root::close);
  }

  /**
   * A name below a root.
   *
   * @param relative such as "folder/name"
   */
  record Location(Root root, String relative) {

    /** Returns whether it is in the root itself. */
    boolean isInRoot() {
      return relative.indexOf('/') < 0;
    }

    String name() {
      return relative.substring(relative.lastIndexOf('/') + 1);
    }

    /** Opens the file as a place. */
    Descriptor openFile() throws ErrnoException {
      return new Descriptor(PosixFiles.openPlaceBeneath(root.number(), relative));
    }

    /** Opens the folder of the file as a place. */
    Descriptor openFolder() throws ErrnoException {
      int end = relative.lastIndexOf('/');
      String folder = end < 0 ? "." : relative.substring(0, end);
      return new Descriptor(PosixFiles.openPlaceBeneath(root.number(), folder));
    }

    /** Returns the path, without control characters, for the log. */
    @Override
    public String toString() {
      return (root.path() + "/" + relative).replaceAll("\\p{Cntrl}", "?");
    }
  }
}
