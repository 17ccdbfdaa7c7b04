package dev.sluice.endpoint;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.nio.file.Files;
import java.nio.file.Path;

/** Turns paths into endpoints: uses an existing FIFO or socket, makes a FIFO where nothing is. */
public final class EndpointFactory {

  private final EndpointRoots roots;
  private final int fifoMode;

  /**
   * A factory for endpoints below the roots.
   *
   * @param fifoMode permission bits of FIFOs that are made, such as 0600
   */
  public EndpointFactory(EndpointRoots roots, int fifoMode) {
    this.roots = roots;
    this.fifoMode = fifoMode;
  }

  /**
   * Claims a path. Nothing is opened, so no peer notices.
   *
   * @throws RefusedEndpointException when the path is not permitted, cannot be made, or is
   *     something that is neither a FIFO nor a Unix socket; nothing is left behind then
   */
  public Endpoint claim(Path path, Flow flow) throws RefusedEndpointException {
    EndpointRoots.Location location = roots.locate(path);
    boolean made = makeFifoIfMissing(location);
    try (Descriptor place = location.openFile()) {
      FileStatus status = PosixFiles.status(place.number());
      Endpoint endpoint =
          switch (status.kind()) {
            case FIFO -> new Fifo(location, status, made, flow);
            case SOCKET -> new UnixSocket(location, status);
            case REGULAR, DIRECTORY, OTHER ->
                throw new RefusedEndpointException(
                    "it is %s; expected a FIFO, a Unix socket, or nothing yet"
                        .formatted(describe(status.kind())));
          };
      if (!permitted(place, status.kind(), flow)) {
        endpoint.close();
        throw new RefusedEndpointException("this service has no permission to open it");
      }
      return endpoint;
    } catch (ErrnoException e) {
      throw refused(e);
    }
  }

  private static boolean permitted(Descriptor place, FileStatus.Kind kind, Flow flow) {
    Path file = Path.of(PosixFiles.pathOf(place.number()));
    return (kind == FileStatus.Kind.FIFO && flow == Flow.FROM_PEER)
        ? Files.isReadable(file)
        : Files.isWritable(file);
  }

  private boolean makeFifoIfMissing(EndpointRoots.Location location)
      throws RefusedEndpointException {
    try (Descriptor folder = location.openFolder()) {
      PosixFiles.makeFifo(folder.number(), location.name(), fifoMode);
      return true;
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EEXIST) {
        return false;
      }
      throw refused(e);
    }
  }

  private static RefusedEndpointException refused(ErrnoException e) {
    String message =
        switch (e.errno()) {
          case Errno.ENOENT -> "its folder does not exist; make it first";
          case Errno.ENOTDIR -> "one of its folders is not a folder";
          case Errno.EXDEV, Errno.ELOOP ->
              "a symbolic link in it leads out of the permitted folder";
          default -> "it cannot be used: " + e.getMessage();
        };
    return new RefusedEndpointException(message, e);
  }

  private static String describe(FileStatus.Kind kind) {
    return switch (kind) {
      case REGULAR -> "a regular file";
      case DIRECTORY -> "a folder";
      default -> "a device";
    };
  }
}
