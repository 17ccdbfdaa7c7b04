package dev.sluice.stream.window;

import dev.sluice.posix.WakeDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the windows of all streams share. A client whose stream would exceed it waits
 * until some is given back, by other streams or by its own; it does not hold its stream's request
 * lock meanwhile, so that its stream's other clients go on.
 *
 * <p>So that streams never all wait for each other, memory is only given out if all streams could
 * still get, one after the other, the most that they may ever ask for (Dijkstra's banker's
 * algorithm). That rests on two things. A stream that can get all that it may demand needs nothing
 * else from other streams to come to its end; so nobody may wait for memory with the lock in hand
 * that whoever could free it needs. And a stream never needs more than its demand, or than it holds
 * already: a client that was given memory has it in its {@link Pocket} until it has the lock, makes
 * room in its stream's window as if nothing had been given, and then either spends it there or
 * gives it back. Its own monitor guards all of it; nobody waits in that.
 */
public final class WindowMemory {

  private final long limit;
  private final long share;

  /** Those that hold memory. */
  private final Set<Account> accounts = new LinkedHashSet<>();

  /** Clients that wait, in the order in which they began to. */
  private final Set<Pocket> waiting = new LinkedHashSet<>();

  private long used;
  private long largestDemand;

  /**
   * Memory for windows, of which one stream may have all.
   *
   * @param limit in bytes
   */
  public WindowMemory(long limit) {
    this(limit, limit);
  }

  /**
   * Memory for windows.
   *
   * @param limit in bytes
   * @param share what one stream may have of it, in bytes
   */
  public WindowMemory(long limit, long share) {
    this.limit = limit;
    this.share = share;
  }

  /** How much there is, in bytes. */
  public long limit() {
    return limit;
  }

  /** How much of it one stream may have, in bytes. */
  public long share() {
    return share;
  }

  /** How much is given out, in bytes. */
  public synchronized long used() {
    return used;
  }

  /**
   * A stream's share.
   *
   * @param demand the most that its windows will ever hold, in bytes
   */
  public synchronized Account open(long demand) {
    if (demand > share) {
      throw new IllegalArgumentException("demand: %d (expected: <= %d)".formatted(demand, share));
    }
    largestDemand = Math.max(largestDemand, demand);
    return new Account(demand);
  }

  /** What one stream holds: its windows, and the pockets of its clients. */
  public final class Account {

    private final long demand;
    private long held;

    private Account(long demand) {
      this.demand = demand;
    }

    /** A client's pocket, which is empty. */
    public Pocket pocket() {
      return new Pocket(this);
    }

    /** Whether it holds any. */
    public boolean isEmpty() {
      synchronized (WindowMemory.this) {
        return held == 0;
      }
    }

    /** Gives back what a window held. */
    void free(long bytes) {
      synchronized (WindowMemory.this) {
        take(this, -bytes);
        grant();
      }
    }
  }

  /** Memory that a client has for its current request and that is in no window yet. */
  public final class Pocket {

    private final Account account;
    private long held;
    private long wanted;
    private @Nullable WakeDescriptor wake;

    private Pocket(Account account) {
      this.account = account;
    }

    /** Sees to it that at least this many bytes are here; returns false when they cannot be now. */
    public boolean fill(long bytes) {
      synchronized (WindowMemory.this) {
        return held >= bytes || give(this, bytes - held);
      }
    }

    /** From now on waits until this many bytes are here, of which it is told, perhaps at once. */
    public void want(long bytes, WakeDescriptor told) {
      synchronized (WindowMemory.this) {
        wanted = bytes - held;
        wake = told;
        waiting.add(this);
        grant();
      }
    }

    /** Whether it got what it waited for. */
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

    /** This many bytes of it are in a window now. */
    void spend(long bytes) {
      synchronized (WindowMemory.this) {
        held -= bytes;
      }
    }

    /** Gives back what was not spent. */
    public void empty() {
      if (held > 0) { // only its client fills it, except while it waits
        synchronized (WindowMemory.this) {
          take(account, -held);
          held = 0;
          grant();
        }
      }
    }
  }

  // All of what follows is under the monitor.

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

  /** Whether all could still get what they may demand, after one has got so much more. */
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

  /** What it may still ask for; pockets can bring a stream beyond its demand for a while. */
  private static long need(Account one, Account asking, long bytes) {
    return Math.max(0, one.demand - one.held - (one == asking ? bytes : 0));
  }
}
