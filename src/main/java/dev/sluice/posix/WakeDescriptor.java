package dev.sluice.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An eventfd(2). Once signalled, it stays readable and wakes every thread that polls it, until it
 * is reset.
 */
public final class WakeDescriptor implements AutoCloseable {

  private static final MemorySegment ONE =
      Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 1L).asReadOnly();

  /** Receives the counts, which nobody needs. */
  private static final MemorySegment COUNT = Arena.global().allocate(ValueLayout.JAVA_LONG);

  private final Descriptor descriptor;

  public WakeDescriptor() throws ErrnoException {
    descriptor = new Descriptor(Posix.eventDescriptor());
  }

  /** Returns the descriptor to poll for {@link PollSet#READABLE}; -1 once closed. */
  public int number() {
    return descriptor.number();
  }

  /** Makes it readable. */
  public void signal() {
    try {
      Posix.write(descriptor.number(), ONE);
    } catch (ErrnoException e) {
      throw new IllegalStateException("an eventfd refused to count", e);
    }
  }

  /** Makes it unreadable until it is signalled again. */
  public void reset() throws ErrnoException {
    Posix.read(descriptor.number(), COUNT);
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
