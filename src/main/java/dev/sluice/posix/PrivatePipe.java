package dev.sluice.posix;

/** A pipe with both ends in this process, widened as far as {@link PipeMemory} permits. */
public final class PrivatePipe implements AutoCloseable {

  /** The size of a memory page in bytes. */
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

  /** Returns the number of its pages. A call that writes begins at most one new page. */
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
