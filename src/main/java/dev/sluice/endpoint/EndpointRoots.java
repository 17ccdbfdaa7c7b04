package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The folders below which endpoints may live. */
public final class EndpointRoots {

  private final List<Path> roots;

  /** Absolute folders; they need not exist until an endpoint is asked for. */
  public EndpointRoots(List<Path> roots) {
    this.roots = roots.stream().map(Path::toAbsolutePath).map(Path::normalize).toList();
  }

  /**
   * Finds the root that a path is below, by name; symbolic links are dealt with when the path is
   * opened.
   *
   * @throws RefusedEndpointException when the path is relative, not normal or below no root
   */
  Location locate(Path path) throws RefusedEndpointException {
    if (!path.isAbsolute()) {
      throw new RefusedEndpointException("it is relative; expected an absolute path");
    }
    if (!path.equals(path.normalize())) {
      throw new RefusedEndpointException("it has '.' or '..' in it; expected a path without");
    }
    for (Path root : roots) {
      for (Path name : List.of(root, real(root))) {
        if (path.startsWith(name) && !path.equals(name)) {
          return new Location(root, name.relativize(path));
        }
      }
    }
    throw new RefusedEndpointException(
        "it is outside the permitted folders; expected a path below " + roots);
  }

  private static Path real(Path root) {
    try {
      return root.toRealPath();
    } catch (IOException e) {
      return root;
    }
  }

  /** A name below a root. */
  record Location(Path root, Path relative) {

    String name() {
      return relative.getFileName().toString();
    }

    /** The file itself, as a place that is not opened yet. */
    Descriptor openFile() throws ErrnoException {
      try (Descriptor folder = new Descriptor(PosixFiles.openPlace(root.toString()))) {
        return new Descriptor(PosixFiles.openPlaceBeneath(folder.number(), relative.toString()));
      }
    }

    /** The folder that the file is in. */
    Descriptor openFolder() throws ErrnoException {
      Path parent = relative.getParent();
      Descriptor folder = new Descriptor(PosixFiles.openPlace(root.toString()));
      if (parent == null) {
        return folder;
      }
      try (folder) {
        return new Descriptor(PosixFiles.openPlaceBeneath(folder.number(), parent.toString()));
      }
    }
  }
}
