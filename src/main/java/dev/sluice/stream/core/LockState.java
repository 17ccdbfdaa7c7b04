package dev.sluice.stream.core;

import dev.sluice.posix.WakeDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of a stream may know of its request lock: who has it, and since when others wait
 * for it. The lock alone changes that. Guarded by its own monitor, which never waits.
 */
public final class LockState {

  /** What {@link #contendedSince} returns when nobody waits. */
  public static final long NOT_CONTENDED = Long.MAX_VALUE;

  private volatile @Nullable Thread holder;
  private long contendedSince = NOT_CONTENDED;

  /** What the holder is told with, while it waits for its client. */
  private @Nullable WakeDescriptor standing;

  /** Whether the current thread has it. */
  public boolean isMine() {
    return Thread.currentThread().equals(holder);
  }

  /** Whether anybody has it. */
  public boolean isHeld() {
    return holder != null;
  }

  /** Since when somebody has waited without a break, by {@link System#nanoTime}. */
  public synchronized long contendedSince() {
    return contendedSince;
  }

  /** From now on the holder, which waits for its client, is told when another begins to wait. */
  public synchronized void standStill(WakeDescriptor told) {
    standing = told;
  }

  public synchronized void moveOn() {
    standing = null;
  }

  /** Who has the lock now; null if nobody has. Called by the lock. */
  public void giveTo(@Nullable Thread thread) {
    holder = thread;
  }

  /** Another one has begun to wait. Called by the lock. */
  public synchronized void contend() {
    if (contendedSince == NOT_CONTENDED) {
      contendedSince = System.nanoTime();
    }
    if (standing != null) {
      standing.signal();
    }
  }

  /** Nobody waits any more. Called by the lock. */
  public synchronized void calm() {
    contendedSince = NOT_CONTENDED;
  }
}
