package dev.sluice.stream.core;

import java.time.Duration;
import java.util.Locale;

/** How long something may stand still. Any thread may restart it; each waiter reads it. */
public final class Deadline {

  /** Longest single wait, so that its length fits poll's argument. */
  private static final long MAX_WAIT_MILLIS = 3_600_000;

  private static final long LONG_NANOS = 500_000_000;

  /** Waits for as long as it takes, because something else has a limit. */
  public static final Deadline NEVER = new Deadline("nothing happened", Duration.ZERO);

  private final String what;
  private final Duration limit;
  private volatile long since = System.nanoTime();

  /**
   * A deadline that runs from now.
   *
   * @param what completes the sentence "… for 10s"
   * @param limit zero never ends
   */
  public Deadline(String what, Duration limit) {
    this.what = what;
    this.limit = limit;
  }

  public void restart() {
    since = System.nanoTime();
  }

  /** Milliseconds for the next wait: -1 for ever, 0 when the time is over. */
  public int remainingMillis() {
    if (limit.isZero()) {
      return -1;
    }
    long left = limit.toNanos() - (System.nanoTime() - since);
    return left <= 0 ? 0 : (int) Math.min(left / 1_000_000 + 1, MAX_WAIT_MILLIS);
  }

  /**
   * Whether the time has been over for so long that this process must have stood still: then nobody
   * in it had the time either.
   */
  public boolean isLongOver() {
    return !limit.isZero() && System.nanoTime() - since - limit.toNanos() > LONG_NANOS;
  }

  /** Runs from another moment, if that is later. */
  public void restartNotBefore(long nanoTime) {
    if (nanoTime - since > 0) {
      since = nanoTime;
    }
  }

  /** Runs from when another one does, if that is later. */
  public void restartNotBefore(Deadline other) {
    restartNotBefore(other.since);
  }

  public TimedOutException expired() {
    return new TimedOutException(what + " for " + shown(limit));
  }

  /** For example 1h30m. */
  public static String shown(Duration length) {
    return length.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
