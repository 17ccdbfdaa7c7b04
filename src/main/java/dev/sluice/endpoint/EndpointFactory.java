package dev.sluice.endpoint;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.FilePermissions;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.posix.UnixSockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns paths into endpoints: uses an existing FIFO or socket, makes a FIFO where nothing is, or a
 * socket to listen on.
 */
public final class EndpointFactory implements Endpoints {

  private static final Logger log = LoggerFactory.getLogger(EndpointFactory.class);

  /** What a file system says that takes no new file at all. */
  private static final Set<Integer> OF_FILE_SYSTEM =
      Set.of(
          Errno.EPERM,
          Errno.EACCES,
          Errno.ENOSPC,
          Errno.EROFS,
          Errno.ENOSYS,
          Errno.EOPNOTSUPP,
          Errno.EDQUOT);

  private final EndpointRoots roots;
  private final FilePermissions permissions;

  /**
   * A factory for endpoints below the roots, which are closed with it.
   *
   * @param mode permission bits of FIFOs and sockets that are made, such as 0600
   * @param group the number of their group; null leaves it to Linux
   */
  public EndpointFactory(EndpointRoots roots, int mode, @Nullable Integer group) {
    this.roots = roots;
    this.permissions = group == null ? FilePermissions.of(mode) : new FilePermissions(mode, group);
  }

  @Override
  public Endpoint claim(FilePath path, Flow flow) throws RefusedEndpointException {
    EndpointRoots.Location location = locate(path);
    Descriptor folder = null;
    FolderLocks.Hold hold = FolderLocks.Hold.NONE;
    boolean claimed = false;
    try {
      folder = location.openFolder();
      hold = roots.folders().hold(folder);
      Descriptor made = makeFifoIfMissing(folder, location.name());
      Descriptor handle = made == null ? location.openFile() : made;
      EndpointFile file = new EndpointFile(location, folder, handle, made != null, hold);
      Endpoint endpoint = endpoint(file, flow);
      claimed = true;
      return endpoint;
    } catch (ErrnoException e) {
      throw refused(e, location);
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
   * Looks for what keeps endpoints from being made in the roots now, and makes roots anew that this
   * service has made and that have gone.
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
    requireShort(location.name());
    try {
      NamedEndpoint endpoint =
          ListeningSocket.make(location, permissions, flow, roots.ownSockets());
      endpoint.begin(roots.watch());
      return endpoint;
    } catch (ErrnoException e) {
      throw switch (e.errno()) {
        case Errno.EADDRINUSE, Errno.EEXIST -> occupied(location);
        default -> refused(e, location);
      };
    }
  }

  private static void requireShort(String name) throws RefusedEndpointException {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > UnixSockets.MAX_NAME_BYTES) {
      throw new RefusedEndpointException(
          "its file name is too long for a socket: %d bytes (expected: <= %d)"
              .formatted(bytes, UnixSockets.MAX_NAME_BYTES));
    }
  }

  private static RefusedEndpointException occupied(EndpointRoots.Location location) {
    String message = "there is something already; with listen expected nothing yet";
    return new RefusedEndpointException(
        isSocket(location)
            ? message
                + " (a Unix socket: remove it if the program that made it has gone, or leave"
                + " listen out to connect to it)"
            : message);
  }

  private static boolean isSocket(EndpointRoots.Location location) {
    try (Descriptor found = location.openFile()) {
      return PosixFiles.status(found.number()).kind() == FileStatus.Kind.SOCKET;
    } catch (ErrnoException e) {
      return false; // a symbolic link to nothing, or it has gone again
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
                    .formatted(describe(kind), hint(kind)));
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

  /** What stands for the FIFO that was made, or null where there is something already. */
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

  private RefusedEndpointException refused(ErrnoException e, EndpointRoots.Location location) {
    if (OF_FILE_SYSTEM.contains(e.errno())) {
      String trouble = location.root().tryToMake(permissions);
      if (trouble != null) {
        return RefusedEndpointException.becauseOfRoot(trouble);
      }
    }
    String message =
        switch (e.errno()) {
          case Errno.ENOENT -> "its folder, or what a link in it names, does not exist";
          case Errno.ENOTDIR -> "one of its folders is not a folder";
          case Errno.ENAMETOOLONG ->
              "it is too long; expected names of at most 255 bytes and 4095 bytes in all";
          case Errno.EXDEV, Errno.ELOOP ->
              PosixFiles.followsLinks()
                  ? "a symbolic link in it leads out of the permitted folder"
                  : "a symbolic link is in it, and none is followed on this machine, which has no"
                      + " openat2(2)";
          default -> "it cannot be used: " + e.getMessage() + permissions.groupHint(e);
        };
    return new RefusedEndpointException(message, e);
  }

  /** A shell's {@code > path} makes a regular file where nothing is. */
  private static String hint(FileStatus.Kind kind) {
    return kind == FileStatus.Kind.REGULAR
        ? ". Probably a peer made it, by starting before the export was there: remove the file,"
            + " make the export, then start the peer"
        : "";
  }

  private static String describe(FileStatus.Kind kind) {
    return switch (kind) {
      case REGULAR -> "a regular file";
      case DIRECTORY -> "a folder";
      default -> "a device";
    };
  }

  @Override
  public void close() {
    roots.close();
  }
}
