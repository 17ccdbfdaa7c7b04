package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePermissions;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.posix.UnixSockets;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Explains why a path cannot be an endpoint. */
final class Refusals {

  /** Errors of a file system that permits no new file at all. */
  private static final Set<Integer> OF_FILE_SYSTEM =
      Set.of(
          Errno.EPERM,
          Errno.EACCES,
          Errno.ENOSPC,
          Errno.EROFS,
          Errno.ENOSYS,
          Errno.EOPNOTSUPP,
          Errno.EDQUOT);

  private final FilePermissions permissions;

  /** Creates the refusals for endpoints that are made with these permissions. */
  Refusals(FilePermissions permissions) {
    this.permissions = permissions;
  }

  /** Returns the refusal for an error at a path. */
  RefusedEndpointException of(ErrnoException e, EndpointRoots.Location location) {
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

  /**
   * Returns a hint about a regular file, which a shell's {@code > path} makes if nothing is there.
   */
  static String hint(FileStatus.Kind kind) {
    return kind == FileStatus.Kind.REGULAR
        ? ". Probably a peer made it, by starting before the export was there: remove the file,"
            + " make the export, then start the peer"
        : "";
  }

  /** Describes a kind of file. */
  static String describe(FileStatus.Kind kind) {
    return switch (kind) {
      case REGULAR -> "a regular file";
      case DIRECTORY -> "a folder";
      default -> "a device";
    };
  }

  /** Returns the refusal for a new socket whose path exists. */
  static RefusedEndpointException occupied(EndpointRoots.Location location) {
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

  /** Fails if a name is too long for a socket. */
  static void requireShort(String name) throws RefusedEndpointException {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > UnixSockets.MAX_NAME_BYTES) {
      throw new RefusedEndpointException(
          "its file name is too long for a socket: %d bytes (expected: <= %d)"
              .formatted(bytes, UnixSockets.MAX_NAME_BYTES));
    }
  }
}
