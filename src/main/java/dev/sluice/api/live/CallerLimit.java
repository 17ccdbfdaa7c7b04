package dev.sluice.api.live;

import java.util.HashMap;
import java.util.Map;

/** How much of something each caller has, and may have. Thread-safe. */
public final class CallerLimit {

  private final int limit;

  /** Those that have something. */
  private final Map<String, Integer> counts = new HashMap<>();

  /** Nobody has anything, and may have so much. */
  public CallerLimit(int limit) {
    this.limit = limit;
  }

  /** A caller gets one more; false if it has as many as it may have. */
  public synchronized boolean take(String caller) {
    int count = counts.getOrDefault(caller, 0);
    if (count >= limit) {
      return false;
    }
    counts.put(caller, count + 1);
    return true;
  }

  /** It has one less. */
  public synchronized void giveBack(String caller) {
    counts.computeIfPresent(caller, (_, count) -> count > 1 ? count - 1 : null);
  }

  /** How many all callers have. */
  public synchronized int count() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
