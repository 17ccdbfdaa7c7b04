package dev.sluice.endpoint;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How much of what has left an {@link InnerPipe} its peer has, and whether it knows that there is
 * no more. Thread-safe.
 */
public final class Receipt {

  private long held;
  private boolean last;
  private boolean toBeConfirmed;
  private boolean taken;
  private boolean over;
  private @Nullable Runnable farewell;

  Receipt() {}

  /** Nothing more gets into the pipe. */
  synchronized void noteLast() {
    last = true;
  }

  /** Whether everything is in the pipe, and the stream ends when the peer has it. */
  public synchronized boolean isLast() {
    return last;
  }

  /** So many bytes have left the pipe and have not gone to the peer yet. */
  public synchronized void hold(long bytes) {
    held = bytes;
  }

  /** The peer has taken everything, and knows that there is no more. */
  public synchronized void take() {
    taken = last;
  }

  /** Everything was sent, and the peer is to confirm it. */
  public synchronized void awaitConfirmation() {
    toBeConfirmed = last;
  }

  /**
   * The peer says what it has. Its first word counts.
   *
   * @param everything whether that is what was sent
   * @return false if it is not to be confirmed now
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

  /** Whether the peer has taken everything. */
  public synchronized boolean isTaken() {
    return taken;
  }

  /** The same, after waiting for it, or for the stream's end, but not longer than this. */
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
   * Has something done at the stream's end, by whoever ends it.
   *
   * @param task must not wait
   */
  public synchronized void whenOver(Runnable task) {
    farewell = task;
  }

  /** The stream has ended. */
  synchronized void end() {
    over = true;
    notifyAll();
    if (farewell != null) {
      farewell.run();
    }
  }

  /**
   * How many bytes the peer has not got; not zero before it has taken everything.
   *
   * @param inPipe how many are in the pipe
   */
  synchronized int missing(int inPipe) {
    return taken ? inPipe : Math.toIntExact(Math.max(last ? 1 : 0, inPipe + held));
  }
}
