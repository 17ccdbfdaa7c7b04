package dev.sluice.posix;

/** A pipe with both ends in this process, as wide as Linux lets an ordinary user make it. */
public final class PrivatePipe implements AutoCloseable {

  /** The size of a page, in bytes. */
  public static final int PAGE = Posix.pageSize();

  private final Descriptor readEnd;
  private final Descriptor writeEnd;
  private final int pages;
  private long widened;

  public PrivatePipe() throws ErrnoException {
    Posix.Pipe pipe = Posix.pipe();
    readEnd = new Descriptor(pipe.readEnd());
    writeEnd = new Descriptor(pipe.writeEnd());
    widened = PipeMemory.SHARED.widen(pipe.writeEnd());
    pages = Posix.capacity(pipe.writeEnd()) / PAGE;
  }

  public int readEnd() {
    return readEnd.number();
  }

  public int writeEnd() {
    return writeEnd.number();
  }

  /** How many pages it has; what is written by one call begins a new one at most. */
  public int pages() {
    return pages;
  }

  @Override
  public void close() {
    readEnd.close();
    writeEnd.close();
    PipeMemory.SHARED.giveBack(widened);
    widened = 0;
  }
}
