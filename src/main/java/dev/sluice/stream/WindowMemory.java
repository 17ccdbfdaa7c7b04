package dev.sluice.stream;

import dev.sluice.posix.PollSet;
import dev.sluice.posix.WakeDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the windows of all streams share. A stream that would exceed it waits until
 * others give some back.
 *
 * <p>So that they never all wait for each other, memory is only given out if all streams could
 * still get, one after the other, the most that they may ever ask for (Dijkstra's banker's
 * algorithm). Its own monitor guards it; nobody waits in that.
 */
public final class WindowMemory {

  private final long limit;

  /** Those that hold memory or wait for it, in the order in which they began to. */
  private final Set<Account> accounts = new LinkedHashSet<>();

  private long used;
  private long largestClaim;

  /**
   * Memory for windows.
   *
   * @param limit in bytes
   */
  public WindowMemory(long limit) {
    this.limit = limit;
  }

  /** How much there is, in bytes. */
  public long limit() {
    return limit;
  }

  /** How much is given out, in bytes. */
  public synchronized long used() {
    return used;
  }

  /**
   * A stream's share.
   *
   * @param claim the most that it will ever hold, in bytes
   */
  synchronized Account open(long claim) {
    if (claim > limit) {
      throw new IllegalArgumentException("claim: %d (expected: <= %d)".formatted(claim, limit));
    }
    largestClaim = Math.max(largestClaim, claim);
    return new Account(claim);
  }

  /** What one stream holds. Reserving is guarded by the stream's turn. */
  final class Account {

    private final long claim;
    private long held;
    private long wanted;
    private @Nullable WakeDescriptor granted;

    private Account(long claim) {
      this.claim = claim;
    }

    /** Takes memory, when need be after a wait in which the client and the stream may end it. */
    void reserve(Client client, long bytes, Deadline deadline) throws IOException {
      if (bytes == 0 || tryReserve(bytes)) {
        return;
      }
      try (WakeDescriptor wake = new WakeDescriptor()) {
        boolean got = !queue(bytes, wake);
        try {
          while (!got) {
            client
                .waiter()
                .awaitEndpoint(Wait.WINDOW_MEMORY, wake.number(), PollSet.READABLE, deadline);
            got = isGranted();
          }
        } finally {
          leaveQueue(got ? 0 : bytes);
        }
      }
    }

    /** Gives memory back. */
    void free(long bytes) {
      synchronized (WindowMemory.this) {
        take(this, -bytes);
        grant();
      }
    }

    private boolean tryReserve(long bytes) {
      synchronized (WindowMemory.this) {
        return give(this, bytes);
      }
    }

    /** Waits from now on, unless it got the memory at last. */
    private boolean queue(long bytes, WakeDescriptor wake) {
      synchronized (WindowMemory.this) {
        if (give(this, bytes)) {
          return false;
        }
        accounts.add(this);
        wanted = bytes;
        granted = wake;
        return true;
      }
    }

    private boolean isGranted() {
      synchronized (WindowMemory.this) {
        return wanted == 0;
      }
    }

    /** Waits no longer; what it may have got meanwhile without knowing it goes back. */
    private void leaveQueue(long unknown) {
      synchronized (WindowMemory.this) {
        boolean waited = wanted > 0;
        wanted = 0;
        granted = null;
        take(this, waited ? 0 : -unknown);
        grant();
      }
    }
  }

  // All of what follows is under the monitor.

  private boolean give(Account account, long bytes) {
    if (!isSafe(account, bytes)) {
      return false;
    }
    take(account, bytes);
    return true;
  }

  private void take(Account account, long bytes) {
    used += bytes;
    account.held += bytes;
    if (account.held == 0 && account.wanted == 0) {
      accounts.remove(account);
    } else {
      accounts.add(account);
    }
  }

  private void grant() {
    for (Account account : accounts) {
      WakeDescriptor wake = account.granted;
      if (wake != null && account.wanted > 0 && isSafe(account, account.wanted)) {
        used += account.wanted;
        account.held += account.wanted;
        account.wanted = 0;
        wake.signal();
      }
    }
  }

  /** Whether all could still get what they may claim, after one has got so much more. */
  private boolean isSafe(Account account, long bytes) {
    long free = limit - used - bytes;
    if (free < 0 || free >= largestClaim) {
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

  private static long need(Account one, Account asking, long bytes) {
    return one.claim - one.held - (one == asking ? bytes : 0);
  }
}
