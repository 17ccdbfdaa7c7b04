package dev.sluice.endpoint;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.util.List;

/**
 * This process's standard input or output as the one endpoint that there is. From its making on
 * nothing else has the pipe: standard input is empty, for this process and for those that it
 * starts, and standard output is standard error.
 */
public final class StandardPipe implements Endpoints {

  private static final int INPUT = 0;
  private static final int OUTPUT = 1;
  private static final int ERROR = 2;
  private static final FilePath NOTHING = new FilePath("/dev/null");

  private final Descriptor pipe;
  private final FileStatus identity;

  private StandardPipe(Descriptor pipe, FileStatus identity) {
    this.pipe = pipe;
    this.identity = identity;
  }

  /**
   * Takes standard output for what goes to a peer, and standard input for what comes from one.
   *
   * @throws RefusedEndpointException when that is no pipe, or one that others need
   */
  public static StandardPipe take(Flow flow) throws RefusedEndpointException {
    boolean output = flow == Flow.TO_PEER;
    int standard = output ? OUTPUT : INPUT;
    Descriptor own = null;
    boolean taken = false;
    try {
      FileStatus identity = PosixFiles.status(standard);
      requireUsable(identity, output);
      own = new Descriptor(PosixFiles.openNonBlocking(standard, output));
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

  private static void requireUsable(FileStatus identity, boolean output)
      throws ErrnoException, RefusedEndpointException {
    if (identity.kind() != FileStatus.Kind.FIFO) {
      throw new RefusedEndpointException(
          "it is no pipe; expected one, such as "
              + (output ? "'… | cat > FILE'" : "'cat FILE | …'"));
    }
    if (output && identity.equals(PosixFiles.status(ERROR))) {
      throw new RefusedEndpointException(
          "standard error is the same pipe, so that messages would get into the stream; leave"
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
    return new InheritedPipe(pipe, identity);
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
    pipe.close();
  }
}
