package dev.sluice.cluster.owner;

import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.StreamExportStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Limits how often status is written, and says when to reconcile again. Beginnings, ends and the
 * first URIs are written at once. Other states are written at most ten times within the interval,
 * so that a client which connects again and again cannot flood the API server. Positions are
 * written once within the interval, or less often where many streams run, because every pod is told
 * of every write.
 */
public final class WriteThrottle {

  private static final int STATES_WITHIN_INTERVAL = 10;

  /** CPU time of the API server for each write of a status. */
  private static final Duration WORK_OF_WRITE = Duration.ofMillis(4);

  /** CPU time of the API server for each write and each pod that is told of it. */
  private static final Duration WORK_FOR_POD = Duration.ofNanos(100_000);

  private static final Duration BETWEEN_EVENTS = Duration.ofMinutes(1);

  private final Duration interval;
  private final Duration leaseDuration;
  private final LongSupplier nanos;

  /** The least time between two writes of a position. One thread sets it. */
  private volatile Duration share = Duration.ZERO;

  private final Map<String, Long> written = new ConcurrentHashMap<>();
  private final Map<String, Long> announced = new ConcurrentHashMap<>();

  public WriteThrottle(Duration interval, Duration leaseDuration, LongSupplier nanos) {
    this.interval = interval;
    this.leaseDuration = leaseDuration;
    this.nanos = nanos;
  }

  /**
   * Sets the share of each stream, so that positions keep at most one core of the API server busy.
   */
  public void shareAmong(long streams, long pods) {
    share = WORK_OF_WRITE.plus(WORK_FOR_POD.multipliedBy(pods)).multipliedBy(streams);
  }

  /** Returns how long the write of a status has to wait; not positive if it need not. */
  Duration untilWrite(String uid, StreamExportStatus before, StreamExportStatus now) {
    Long last = written.get(uid);
    boolean begins = now.startTime() != null && before.startTime() == null;
    if (last == null || now.isFinal() || begins || before.phase() == null) {
      return Duration.ZERO;
    }
    Duration gap =
        now.differsOnlyInDetailFrom(before)
            ? progress()
            : interval.dividedBy(STATES_WITHIN_INTERVAL);
    return gap.minusNanos(nanos.getAsLong() - last);
  }

  void wrote(String uid) {
    written.put(uid, nanos.getAsLong());
  }

  void forget(String uid) {
    written.remove(uid);
    announced.remove(uid);
  }

  /** Forgets all resources except those with these UIDs. */
  void forgetAllBut(Set<String> uids) {
    written.keySet().retainAll(uids);
    announced.keySet().retainAll(uids);
  }

  /** Returns how many resources are remembered. */
  int size() {
    return Math.max(written.size(), announced.size());
  }

  /** Returns whether an Event that can recur may be created now: that is once a minute at most. */
  boolean mayAnnounce(String uid) {
    long now = nanos.getAsLong();
    Long last = announced.get(uid);
    if (last != null && now - last < BETWEEN_EVENTS.toNanos()) {
      return false;
    }
    announced.put(uid, now);
    return true;
  }

  /** Returns when to read a position again. */
  Duration progress() {
    return interval.compareTo(share) < 0 ? share : interval;
  }

  /**
   * Returns when to reconcile again without an event. That is as often as Leases are read, since a
   * change of those causes no event.
   */
  public Duration look() {
    return leaseDuration.dividedBy(OwnLease.SIGNS);
  }

  /** Returns when to retry after another writer was faster. */
  Duration retry() {
    return leaseDuration.dividedBy(30);
  }
}
