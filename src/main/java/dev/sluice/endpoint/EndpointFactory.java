package dev.sluice.endpoint;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.FilePermissions;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes endpoints from paths: uses an existing FIFO or socket, or makes a FIFO or a listening
 * socket if there is none.
 */
public final class EndpointFactory implements Endpoints {

  private static final Logger log = LoggerFactory.getLogger(EndpointFactory.class);

  private final EndpointRoots roots;
  private final FilePermissions permissions;
  private final Refusals refusals;

  /**
   * Creates a factory for endpoints below the roots, which are closed with it.
   *
   * @param mode permission bits of FIFOs and sockets that are made, such as 0600
   * @param group the group ID of these; null leaves it to Linux
   */
  public EndpointFactory(EndpointRoots roots, int mode, @Nullable Integer group) {
    this.roots = roots;
    this.permissions = group == null ? FilePermissions.of(mode) : new FilePermissions(mode, group);
    this.refusals = new Refusals(permissions);
  }

  @Override
  public Endpoint claim(FilePath path, Flow flow) throws RefusedEndpointException {
    return claim(path, flow, null);
  }

  @Override
  public Endpoint reclaim(FilePath path, Flow flow, FileStatus made)
      throws RefusedEndpointException {
    return claim(path, flow, made);
  }

  @Override
  public void clear(FilePath path, Flow flow, FileStatus made) throws RefusedEndpointException {
    EndpointRoots.Location location = locate(path);
    boolean there;
    try (Descriptor found = location.openFile()) {
      there = PosixFiles.status(found.number()).equals(made);
    } catch (ErrnoException e) {
      there = false;
    }
    if (there) {
      claim(path, flow, made).close();
    }
  }

  @Override
  public boolean isFree(FilePath path) {
    try {
      EndpointRoots.Location location = locate(path);
      try (Descriptor folder = location.openFolder()) {
        PosixFiles.statusAt(folder.number(), location.name());
        return false;
      }
    } catch (ErrnoException e) {
      return e.errno() == Errno.ENOENT;
    } catch (RefusedEndpointException e) {
      return false;
    }
  }

  @Override
  public void clearBorn(FilePath path, Flow flow, Instant from, Instant to, Set<FileStatus> known)
      throws RefusedEndpointException {
    EndpointRoots.Location location = locate(path);
    FileStatus found;
    try (Descriptor folder = location.openFolder()) {
      found = PosixFiles.statusAt(folder.number(), location.name());
    } catch (ErrnoException e) {
      return;
    }
    Instant birth = Instant.ofEpochSecond(0, found.birth());
    if (birth.isBefore(from) || birth.isAfter(to) || known.contains(found)) {
      return;
    }
    if (found.kind() == FileStatus.Kind.FIFO) {
      clear(path, flow, found);
    } else if (found.kind() == FileStatus.Kind.SOCKET) {
      removeSocket(path, found);
    }
  }

  @Override
  public void removeSocket(FilePath path, FileStatus made) throws RefusedEndpointException {
    EndpointRoots.Location location = locate(path);
    try (Descriptor folder = location.openFolder()) {
      if (PosixFiles.statusAt(folder.number(), location.name()).equals(made)) {
        PosixFiles.remove(folder.number(), location.name());
      }
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT) {
        throw refusals.of(e, location);
      }
    }
  }

  private Endpoint claim(FilePath path, Flow flow, @Nullable FileStatus earlier)
      throws RefusedEndpointException {
    EndpointRoots.Location location = locate(path);
    Descriptor folder = null;
    FolderLocks.Hold hold = FolderLocks.Hold.NONE;
    boolean claimed = false;
    try {
      folder = location.openFolder();
      hold = roots.folders().hold(folder);
      Descriptor made = makeFifoIfMissing(folder, location.name());
      Descriptor handle = made == null ? location.openFile() : made;
      boolean ours = made != null || PosixFiles.status(handle.number()).equals(earlier);
      if (earlier != null && !ours) {
        handle.close();
        throw new RefusedEndpointException(
            "something else is in the place of the FIFO that was made for it");
      }
      EndpointFile file = new EndpointFile(location, folder, handle, ours, hold);
      Endpoint endpoint = endpoint(file, flow);
      claimed = true;
      return endpoint;
    } catch (ErrnoException e) {
      throw refusals.of(e, location);
    } finally {
      if (!claimed) {
        hold.close();
        if (folder != null) {
          folder.close();
        }
      }
    }
  }

  private EndpointRoots.Location locate(FilePath path) throws RefusedEndpointException {
    EndpointRoots.Location location = roots.locate(path);
    String trouble = location.root().trouble();
    if (trouble != null) {
      throw RefusedEndpointException.becauseOfRoot(trouble);
    }
    return location;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Makes roots again that this service has made and that are gone.
   */
  @Override
  public List<String> troubles() {
    return roots.troubles(permissions);
  }

  @Override
  public Runnable reserve(FileStatus socket) {
    roots.ownSockets().reserve(socket);
    return () -> roots.ownSockets().remove(socket);
  }

  @Override
  public Endpoint listen(FilePath path, Flow flow) throws RefusedEndpointException {
    EndpointRoots.Location location = locate(path);
    Refusals.requireShort(location.name());
    try {
      NamedEndpoint endpoint =
          ListeningSocket.make(location, permissions, flow, roots.ownSockets());
      endpoint.begin(roots.watch());
      return endpoint;
    } catch (ErrnoException e) {
      throw switch (e.errno()) {
        case Errno.EADDRINUSE, Errno.EEXIST -> Refusals.occupied(location);
        default -> refusals.of(e, location);
      };
    }
  }

  private Endpoint endpoint(EndpointFile file, Flow flow) throws RefusedEndpointException {
    FileStatus.Kind kind = file.kind();
    NamedEndpoint endpoint =
        switch (kind) {
          case FIFO -> new Fifo(file, flow);
          case SOCKET -> new ConnectingSocket(file, roots.ownSockets());
          case REGULAR, DIRECTORY, SYMBOLIC_LINK, OTHER -> {
            file.handle().close();
            throw new RefusedEndpointException(
                "it is %s; expected a FIFO, a Unix socket, or nothing yet%s"
                    .formatted(Refusals.describe(kind), Refusals.hint(kind)));
          }
        };
    if (roots.ownSockets().isReserved(file.identity())) {
      endpoint.close();
      throw new RefusedEndpointException(
          ConnectingSocket.OWN + "; expected a FIFO, another Unix socket, or nothing yet");
    }
    if (!permitted(file.handle(), kind, flow)) {
      endpoint.close();
      throw new RefusedEndpointException("this service has no permission to open it");
    }
    endpoint.begin(kind == FileStatus.Kind.FIFO ? roots.watch() : null);
    if (endpoint.caveat() != null && roots.watch().unavailable() == null) {
      log.warn("{}: {}", file.location(), endpoint.caveat());
    }
    return endpoint;
  }

  private static boolean permitted(Descriptor handle, FileStatus.Kind kind, Flow flow) {
    Path file = Path.of(PosixFiles.pathOf(handle.number()));
    return (kind == FileStatus.Kind.FIFO && flow == Flow.FROM_PEER)
        ? Files.isReadable(file)
        : Files.isWritable(file);
  }

  /** Makes a FIFO; returns its place, or null if the name exists. */
  private @Nullable Descriptor makeFifoIfMissing(Descriptor folder, String name)
      throws ErrnoException {
    try {
      return new Descriptor(PosixFiles.makeFifo(folder.number(), name, permissions));
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EEXIST) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    roots.close();
  }
}
