package dev.sluice.endpoint;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records how much of the output of an {@link InnerPipe} its peer has, and whether the peer knows
 * that there is no more. Thread-safe.
 */
public final class Receipt {

  private long held;
  private boolean last;
  private boolean toBeConfirmed;
  private boolean taken;
  private boolean over;
  private @Nullable Runnable farewell;

  Receipt() {}

  /** Notes that nothing more will be written to the pipe. */
  synchronized void noteLast() {
    last = true;
  }

  /**
   * Returns whether everything was written to the pipe, so that the stream ends when the peer has
   * it.
   */
  public synchronized boolean isLast() {
    return last;
  }

  /** Sets how many bytes have left the pipe and were not sent to the peer yet. */
  public synchronized void hold(long bytes) {
    held = bytes;
  }

  /** Notes that the peer has taken everything, and knows that there is no more. */
  public synchronized void take() {
    taken = last;
  }

  /** Notes that everything was sent, and that the peer has to confirm it. */
  public synchronized void awaitConfirmation() {
    toBeConfirmed = last;
  }

  /**
   * Handles the peer's confirmation. Only the first one counts.
   *
   * @param everything whether the peer has what was sent
   * @return false if nothing can be confirmed now
   */
  synchronized boolean confirm(boolean everything) {
    if (!toBeConfirmed || over) {
      return false;
    }
    toBeConfirmed = false;
    taken = everything;
    notifyAll();
    return true;
  }

  /** Returns whether the peer has taken everything. */
  public synchronized boolean isTaken() {
    return taken;
  }

  /**
   * Waits until the peer has taken everything or the stream has ended, up to a limit; returns
   * whether the peer has taken everything.
   */
  public synchronized boolean awaitTaken(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = TimeUnit.MILLISECONDS.toNanos(millis);
        !taken && !over && left > 0;
        left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return taken;
  }

  /**
   * Sets a task for the end of the stream. The thread that ends the stream runs it.
   *
   * @param task must not block
   */
  public synchronized void whenOver(Runnable task) {
    farewell = task;
  }

  /** Notes that the stream has ended. */
  synchronized void end() {
    over = true;
    notifyAll();
    if (farewell != null) {
      farewell.run();
    }
  }

  /**
   * Returns how many bytes the peer does not have; not zero before it has taken everything.
   *
   * @param inPipe the bytes in the pipe
   */
  synchronized int missing(int inPipe) {
    return taken ? inPipe : Math.toIntExact(Math.max(last ? 1 : 0, inPipe + held));
  }
}
