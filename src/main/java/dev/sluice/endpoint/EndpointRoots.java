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
 * The folders below which endpoints may live, open and locked until this is closed, and the watch
 * over the FIFOs in them.
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
   * Opens one folder, which others may have at the same time. Each FIFO in it is still one
   * process's as long as it is open.
   *
   * @throws ErrnoException when it cannot be opened
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

  /** The same as {@link #open(List, Set)}, where all of them were there. */
  public static EndpointRoots open(List<FilePath> paths) throws IOException {
    return open(paths, Set.of());
  }

  /**
   * Opens and locks folders, which have to be there. A folder may be named more than once.
   *
   * @param made those of them that this service has made, and may make anew
   * @throws RootInUseException when another service has one of them
   * @throws ErrnoException when one cannot be opened
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

  /** What this machine does not permit, and so is not watched over. */
  public List<String> warnings() {
    return warnings;
  }

  /** What is wrong with roots now; one that was made and has gone is made anew. */
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
   * Finds the root that a path is below, by name; symbolic links are dealt with when the path is
   * opened.
   *
   * @throws RefusedEndpointException when the path is below no root
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

    /** Whether the folder that it is in is the root itself. */
    boolean isInRoot() {
      return relative.indexOf('/') < 0;
    }

    String name() {
      return relative.substring(relative.lastIndexOf('/') + 1);
    }

    /** The file itself, as a place that is not opened yet. */
    Descriptor openFile() throws ErrnoException {
      return new Descriptor(PosixFiles.openPlaceBeneath(root.number(), relative));
    }

    /** The folder that the file is in. */
    Descriptor openFolder() throws ErrnoException {
      int end = relative.lastIndexOf('/');
      String folder = end < 0 ? "." : relative.substring(0, end);
      return new Descriptor(PosixFiles.openPlaceBeneath(root.number(), folder));
    }

    /** The path, fit for a log. */
    @Override
    public String toString() {
      return (root.path() + "/" + relative).replaceAll("\\p{Cntrl}", "?");
    }
  }
}
