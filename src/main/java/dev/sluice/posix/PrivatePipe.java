package dev.sluice.posix;

/** A pipe with both ends in this process, as wide as Linux lets an ordinary user make it. */
public final class PrivatePipe implements AutoCloseable {

  private final Descriptor readEnd;
  private final Descriptor writeEnd;
  private long widened;

  public PrivatePipe() throws ErrnoException {
    Posix.Pipe pipe = Posix.pipe();
    readEnd = new Descriptor(pipe.readEnd());
    writeEnd = new Descriptor(pipe.writeEnd());
    widened = PipeMemory.SHARED.widen(pipe.writeEnd());
  }

  public int readEnd() {
    return readEnd.number();
  }

  public int writeEnd() {
    return writeEnd.number();
  }

  @Override
  public void close() {
    readEnd.close();
    writeEnd.close();
    PipeMemory.SHARED.giveBack(widened);
    widened = 0;
  }
}
