package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import org.jspecify.annotations.Nullable;

/** A named pipe (fifo(7)), widened as far as Linux lets an ordinary user. */
final class Fifo extends Endpoint {

  /** The default of /proc/sys/fs/pipe-max-size. */
  private static final int CAPACITY = 1 << 20;

  private final Flow flow;

  Fifo(Claim claim, Flow flow) {
    super(claim);
    this.flow = flow;
  }

  @Override
  public boolean isPipe() {
    return true;
  }

  @Override
  @Nullable Descriptor connect(Descriptor place) throws ErrnoException {
    try {
      int pipe = PosixFiles.openNonBlocking(place.number(), flow == Flow.TO_PEER);
      Posix.widenPipe(pipe, CAPACITY);
      return new Descriptor(pipe);
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENXIO) {
        return null; // nobody reads yet
      }
      throw e;
    }
  }

  @Override
  public int unread() throws ErrnoException {
    return Posix.unread(descriptor());
  }

  @Override
  public void endOutput() {
    // Closing the only write end is what a FIFO's reader sees as end-of-file.
  }
}
