package dev.sluice.endpoint;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.posix.UnixSockets;
import java.util.List;

/**
 * Standard input or output of this process as its only endpoint: a pipe, or a Unix socket, which
 * sshd uses. After {@link #take}, nothing else uses it: standard input is empty, for this process
 * and its children, and standard output goes to standard error.
 */
public final class StandardPipe implements Endpoints {

  private static final int INPUT = 0;
  private static final int OUTPUT = 1;
  private static final int ERROR = 2;
  private static final FilePath NOTHING = new FilePath("/dev/null");

  private final Descriptor own;
  private final FileStatus identity;

  private StandardPipe(Descriptor own, FileStatus identity) {
    this.own = own;
    this.identity = identity;
  }

  /**
   * Takes standard output for output to a peer, or standard input for input from one.
   *
   * @throws RefusedEndpointException if that is neither a pipe nor a connected Unix socket, or
   *     standard error is the same
   */
  public static StandardPipe take(Flow flow) throws RefusedEndpointException {
    boolean output = flow == Flow.TO_PEER;
    int standard = output ? OUTPUT : INPUT;
    Descriptor own = null;
    boolean taken = false;
    try {
      FileStatus identity = PosixFiles.status(standard);
      requireUsable(standard, identity, output);
      own = new Descriptor(isPipe(identity) ? reopen(standard, output) : Posix.duplicate(standard));
      if (output) {
        Posix.replaceInherited(OUTPUT, ERROR);
      } else {
        replaceInputByNothing();
      }
      taken = true;
      return new StandardPipe(own, identity);
    } catch (ErrnoException e) {
      throw new RefusedEndpointException(reason(e), e);
    } finally {
      if (!taken && own != null) {
        own.close();
      }
    }
  }

  private static boolean isPipe(FileStatus identity) {
    return identity.kind() == FileStatus.Kind.FIFO;
  }

  /** Opens the pipe again. The new descriptor is non-blocking, and the others stay blocking. */
  private static int reopen(int standard, boolean output) throws ErrnoException {
    return PosixFiles.openNonBlocking(standard, output);
  }

  private static void requireUsable(int standard, FileStatus identity, boolean output)
      throws ErrnoException, RefusedEndpointException {
    if (identity.kind() == FileStatus.Kind.SOCKET) {
      if (!UnixSockets.isConnected(standard)) {
        throw new RefusedEndpointException(
            "it is a socket, but no connected Unix stream socket; expected that or a pipe, such as "
                + (output ? "'… | cat'" : "'cat | …'"));
      }
    } else if (!isPipe(identity)) {
      throw new RefusedEndpointException(
          "it is no pipe; expected one, such as "
              + (output ? "'… | cat > FILE'" : "'cat FILE | …'"));
    }
    if (output && identity.equals(PosixFiles.status(ERROR))) {
      throw new RefusedEndpointException(
          "standard error is the same, so that messages would get into the stream; leave"
              + " 2>&1 out");
    }
  }

  private static void replaceInputByNothing() throws ErrnoException {
    try (Descriptor place = new Descriptor(PosixFiles.openPlace(NOTHING));
        Descriptor nothing =
            new Descriptor(PosixFiles.openNonBlocking(place.number(), /* forWriting= */ false))) {
      Posix.replaceInherited(INPUT, nothing.number());
    }
  }

  private static String reason(ErrnoException e) {
    return switch (e.errno()) {
      case Errno.ENXIO -> "nobody reads it any more";
      case Errno.EACCES -> "it is another user's pipe; put one of this user's between, with cat";
      default -> String.valueOf(e.getMessage());
    };
  }

  @Override
  public Endpoint claim(FilePath path, Flow flow) {
    return isPipe(identity) ? new InheritedPipe(own, identity) : new InheritedSocket(own, identity);
  }

  @Override
  public Endpoint listen(FilePath path, Flow flow) throws RefusedEndpointException {
    throw new RefusedEndpointException("it is there already, so nobody can connect to it");
  }

  @Override
  public Runnable reserve(FileStatus socket) {
    return () -> {};
  }

  @Override
  public List<String> troubles() {
    return List.of();
  }

  @Override
  public void close() {
    own.close();
  }
}
