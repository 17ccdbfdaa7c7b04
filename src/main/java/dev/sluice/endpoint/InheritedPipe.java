package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PipeMemory;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles.FileStatus;

/** A pipe that this process was started with. Its peer is there from the beginning. */
final class InheritedPipe extends Endpoint {

  private final Descriptor pipe;
  private final FileStatus identity;
  private long widened;

  /** An endpoint that owns a pipe's end, which does not block. */
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
