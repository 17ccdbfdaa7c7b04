package dev.sluice.posix;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns an open descriptor. Closing is idempotent. A closed one has the number -1, which poll(2)
 * ignores and every other call refuses. The number can be read by any thread, but a thread that
 * uses it must make sure that the owner does not close it meanwhile.
 */
public final class Descriptor implements AutoCloseable {

  private final AtomicInteger number;

  public Descriptor(int number) {
    this.number = new AtomicInteger(number);
  }

  /** Returns the descriptor's number; -1 once closed. */
  public int number() {
    return number.get();
  }

  @Override
  public void close() {
    int open = number.getAndSet(-1);
    if (open >= 0) {
      try {
        Posix.close(open);
      } catch (ErrnoException e) {
        // Linux has released the number all the same, and nothing can be done about the error.
      }
    }
  }
}
