package dev.sluice.api.live;

import java.util.HashMap;
import java.util.Map;

/** Limits how many of something each caller has. Thread-safe. */
public final class CallerLimit {

  private final int limit;

  /** Without callers that have none. */
  private final Map<String, Integer> counts = new HashMap<>();

  /** Creates a limit for each caller. */
  public CallerLimit(int limit) {
    this.limit = limit;
  }

  /** Takes one for a caller; returns false if the caller has reached the limit. */
  public synchronized boolean take(String caller) {
    int count = counts.getOrDefault(caller, 0);
    if (count >= limit) {
      return false;
    }
    counts.put(caller, count + 1);
    return true;
  }

  /** Gives one back. */
  public synchronized void giveBack(String caller) {
    counts.computeIfPresent(caller, (_, count) -> count > 1 ? count - 1 : null);
  }

  /** Returns how many all callers have together. */
  public synchronized int count() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
