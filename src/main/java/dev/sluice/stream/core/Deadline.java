package dev.sluice.stream.core;

import java.time.Duration;
import java.util.Locale;

/** A limit on how long something may make no progress. Any thread may restart it or read it. */
public final class Deadline {

  /** Longest single wait, so that it fits the argument of poll. */
  private static final long MAX_WAIT_MILLIS = 3_600_000;

  private static final long LONG_NANOS = 500_000_000;

  /** Never expires. For waits that something else limits. */
  public static final Deadline NEVER = new Deadline("nothing happened", Duration.ZERO);

  private final String what;
  private final Duration limit;
  private volatile long since = System.nanoTime();

  /**
   * Creates a deadline that runs from now.
   *
   * @param what the beginning of the message "… for 10s"
   * @param limit the time until it expires; zero means never
   */
  public Deadline(String what, Duration limit) {
    this.what = what;
    this.limit = limit;
  }

  public void restart() {
    since = System.nanoTime();
  }

  /**
   * Returns the milliseconds for the next wait: -1 for no limit, 0 if the deadline has expired. At
   * most an hour, so a waiter has to ask again.
   */
  public int remainingMillis() {
    if (limit.isZero()) {
      return -1;
    }
    long left = limit.toNanos() - (System.nanoTime() - since);
    return left <= 0 ? 0 : (int) Math.min(left / 1_000_000 + 1, MAX_WAIT_MILLIS);
  }

  /**
   * Returns whether the deadline expired so long ago that this whole process must have been
   * stopped. Nobody in it had time to react then.
   */
  public boolean isLongOver() {
    return !limit.isZero() && System.nanoTime() - since - limit.toNanos() > LONG_NANOS;
  }

  /** Restarts at the given {@link System#nanoTime}, if that is later than the last restart. */
  public void restartNotBefore(long nanoTime) {
    if (nanoTime - since > 0) {
      since = nanoTime;
    }
  }

  /** Restarts when another deadline was last restarted, if that is later. */
  public void restartNotBefore(Deadline other) {
    restartNotBefore(other.since);
  }

  public TimedOutException expired() {
    return new TimedOutException(what + " for " + shown(limit));
  }

  /** Formats a duration, for example as 1h30m. */
  public static String shown(Duration length) {
    return length.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
