package dev.sluice.stream.window;

import dev.sluice.posix.WakeDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pool of memory that the windows of all streams share. A client that needs more than can be
 * given out now waits until other streams, or its own, return some. It does not hold the request
 * lock meanwhile, so its stream's other clients continue.
 *
 * <p>Streams never deadlock on memory, because it is given out by the banker's algorithm
 * (Dijkstra): only if all streams, one after the other, could still get the most that they may ever
 * demand. That needs two conditions:
 *
 * <ul>
 *   <li>A stream that can get its whole demand needs nothing else from other streams to end. So
 *       nobody may wait for memory while holding the lock that those who could free it need.
 *   <li>A stream never needs more than its demand, or than it holds already. So a client keeps
 *       memory that it was given in its {@link Pocket} until it has the lock. It then makes room in
 *       the window as if it had been given nothing. After that it spends the memory there, or
 *       returns it.
 * </ul>
 *
 * <p>Its own monitor guards all of it. Nobody waits in the monitor.
 */
public final class WindowMemory {

  private final long limit;
  private final long share;

  /** Accounts that hold memory. */
  private final Set<Account> accounts = new LinkedHashSet<>();

  /** Waiting clients, in the order in which they began to wait. */
  private final Set<Pocket> waiting = new LinkedHashSet<>();

  private long used;
  private long largestDemand;

  /**
   * Creates a pool of which one stream may hold all.
   *
   * @param limit bytes
   */
  public WindowMemory(long limit) {
    this(limit, limit);
  }

  /**
   * Creates a pool.
   *
   * @param limit bytes for all streams
   * @param share the most bytes that one stream may demand
   */
  public WindowMemory(long limit, long share) {
    this.limit = limit;
    this.share = share;
  }

  /** Returns the bytes for all streams. */
  public long limit() {
    return limit;
  }

  /** Returns the most bytes that one stream may demand. */
  public long share() {
    return share;
  }

  /** Returns the bytes that are given out. */
  public synchronized long used() {
    return used;
  }

  /**
   * Opens an account for a stream.
   *
   * @param demand the most bytes that its windows will ever hold
   * @throws IllegalArgumentException if that is more than the {@link #share}
   */
  public synchronized Account open(long demand) {
    if (demand > share) {
      throw new IllegalArgumentException("demand: %d (expected: <= %d)".formatted(demand, share));
    }
    largestDemand = Math.max(largestDemand, demand);
    return new Account(demand);
  }

  /** The memory of one stream: that of its windows and of its clients' pockets. */
  public final class Account {

    private final long demand;
    private long held;

    private Account(long demand) {
      this.demand = demand;
    }

    /** Returns a new, empty pocket for a client. */
    public Pocket pocket() {
      return new Pocket(this);
    }

    /** Returns whether the account holds no memory. */
    public boolean isEmpty() {
      synchronized (WindowMemory.this) {
        return held == 0;
      }
    }

    /** Returns memory that a window held. */
    void free(long bytes) {
      synchronized (WindowMemory.this) {
        take(this, -bytes);
        grant();
      }
    }
  }

  /** Memory for a client's current request that is in no window yet. */
  public final class Pocket {

    private final Account account;
    private long held;
    private long wanted;
    private @Nullable WakeDescriptor wake;

    private Pocket(Account account) {
      this.account = account;
    }

    /** Fills the pocket up to this many bytes. Returns false if they cannot be given out now. */
    public boolean fill(long bytes) {
      synchronized (WindowMemory.this) {
        return held >= bytes || give(this, bytes - held);
      }
    }

    /**
     * Begins to wait until the pocket holds this many bytes, which it must not hold yet. Signals
     * {@code told} when it does, which may be at once.
     */
    public void want(long bytes, WakeDescriptor told) {
      synchronized (WindowMemory.this) {
        wanted = bytes - held;
        wake = told;
        waiting.add(this);
        grant();
      }
    }

    /** Returns whether {@link #want} was satisfied. */
    public boolean isFilled() {
      synchronized (WindowMemory.this) {
        return wanted == 0;
      }
    }

    public void stopWaiting() {
      synchronized (WindowMemory.this) {
        wanted = 0;
        wake = null;
        waiting.remove(this);
      }
    }

    /** Moves bytes from the pocket into a window. */
    void spend(long bytes) {
      synchronized (WindowMemory.this) {
        held -= bytes;
      }
    }

    /** Returns the memory that was not spent. */
    public void empty() {
      if (held > 0) { // only the client's own thread fills it, except while it waits
        synchronized (WindowMemory.this) {
          take(account, -held);
          held = 0;
          grant();
        }
      }
    }
  }

  // The methods below run in the monitor.

  private boolean give(Pocket pocket, long bytes) {
    if (!isSafe(pocket.account, bytes)) {
      return false;
    }
    take(pocket.account, bytes);
    pocket.held += bytes;
    return true;
  }

  private void take(Account account, long bytes) {
    used += bytes;
    account.held += bytes;
    if (account.held == 0) {
      accounts.remove(account);
    } else {
      accounts.add(account);
    }
  }

  private void grant() {
    waiting.removeIf(
        pocket -> {
          WakeDescriptor wake = pocket.wake;
          if (wake == null || !give(pocket, pocket.wanted)) {
            return false;
          }
          pocket.wanted = 0;
          wake.signal();
          return true;
        });
  }

  /** Returns whether all could still get their demand after one has got this many more bytes. */
  private boolean isSafe(Account account, long bytes) {
    long free = limit - used - bytes;
    if (free < 0 || free >= largestDemand) {
      return free >= 0;
    }
    List<Account> unfinished = new ArrayList<>(accounts);
    if (!accounts.contains(account)) {
      unfinished.add(account);
    }
    unfinished.sort(Comparator.comparingLong(one -> need(one, account, bytes)));
    for (Account one : unfinished) {
      if (need(one, account, bytes) > free) {
        return false;
      }
      free += one == account ? one.held + bytes : one.held;
    }
    return true;
  }

  /** Returns how much an account may still demand. Pockets can bring it above its demand. */
  private static long need(Account one, Account asking, long bytes) {
    return Math.max(0, one.demand - one.held - (one == asking ? bytes : 0));
  }
}
