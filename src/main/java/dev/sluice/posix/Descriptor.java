package dev.sluice.posix;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The owner of one open descriptor. Closing is idempotent, and a closed one has the number -1,
 * which poll(2) passes over and every other call refuses. Reading the number is safe from any
 * thread; whoever uses it must hold what keeps the owner from closing.
 */
public final class Descriptor implements AutoCloseable {

  private final AtomicInteger number;

  public Descriptor(int number) {
    this.number = new AtomicInteger(number);
  }

  /** The descriptor's number, or -1 once closed. */
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
        // Linux has released the number all the same, and nobody could do anything about it.
      }
    }
  }
}
