package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PipeMemory;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles.FileStatus;

/** A pipe that this process was started with. Its peer is there from the start. */
final class InheritedPipe extends Endpoint {

  private final Descriptor pipe;
  private final FileStatus identity;
  private long widened;

  /** Creates an endpoint that owns one end of a pipe, which is non-blocking. */
  InheritedPipe(Descriptor pipe, FileStatus identity) {
    this.pipe = pipe;
    this.identity = identity;
  }

  @Override
  public FileStatus identity() {
    return identity;
  }

  @Override
  public boolean isPipe() {
    return true;
  }

  @Override
  public boolean isEndedBeforePeer() {
    return false;
  }

  @Override
  Descriptor reach() throws ErrnoException {
    widened = PipeMemory.SHARED.widen(pipe.number());
    return pipe;
  }

  @Override
  public int unread() throws ErrnoException {
    return Posix.unread(pipe.number());
  }

  @Override
  void letGo() {
    PipeMemory.SHARED.giveBack(widened);
    widened = 0;
  }

  @Override
  void closeFile() {
    pipe.close();
  }
}
