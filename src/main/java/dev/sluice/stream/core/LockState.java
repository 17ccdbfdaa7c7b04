package dev.sluice.stream.core;

import dev.sluice.posix.WakeDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of a stream may know of its {@code RequestLock}: who holds it, and since when
 * others wait for it. Only the lock changes that. Guarded by its own monitor, in which nobody
 * waits.
 */
public final class LockState {

  /** Returned by {@link #contendedSince} if nobody waits. */
  public static final long NOT_CONTENDED = Long.MAX_VALUE;

  private volatile @Nullable Thread holder;
  private long contendedSince = NOT_CONTENDED;

  /**
   * Signalled when another client begins to wait; null unless the holder waits for its own client.
   */
  private @Nullable WakeDescriptor standing;

  /** Returns whether the current thread holds the lock. */
  public boolean isMine() {
    return Thread.currentThread().equals(holder);
  }

  /** Returns whether any thread holds the lock. */
  public boolean isHeld() {
    return holder != null;
  }

  /**
   * Returns since when others have waited without a break, by {@link System#nanoTime}; {@link
   * #NOT_CONTENDED} if nobody waits.
   */
  public synchronized long contendedSince() {
    return contendedSince;
  }

  /**
   * Begins a wait of the holder for its own client.
   *
   * @param told signalled when another client begins to wait
   */
  public synchronized void standStill(WakeDescriptor told) {
    standing = told;
  }

  public synchronized void moveOn() {
    standing = null;
  }

  /** Sets the holder; null for none. Called by the lock. */
  public void giveTo(@Nullable Thread thread) {
    holder = thread;
  }

  /** Notes that another client has begun to wait. Called by the lock. */
  public synchronized void contend() {
    if (contendedSince == NOT_CONTENDED) {
      contendedSince = System.nanoTime();
    }
    if (standing != null) {
      standing.signal();
    }
  }

  /** Notes that nobody waits any more. Called by the lock. */
  public synchronized void calm() {
    contendedSince = NOT_CONTENDED;
  }
}
