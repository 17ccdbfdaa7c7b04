package dev.sluice.cluster.owner;

import dev.sluice.cluster.member.OwnLease;
import dev.sluice.cluster.resource.StreamExportStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How often there is something to write or to look at. Ends, beginnings and new addresses are
 * written at once; other states at most ten times within the interval, so that a client which comes
 * and goes cannot flood the API server; all else once within it, or more seldom where many streams
 * run, since every pod hears of every write.
 */
public final class Pace {

  private static final int STATES_WITHIN_INTERVAL = 10;

  /** How long the API server works for a status that is written, and for each pod to tell it to. */
  private static final Duration WORK_OF_WRITE = Duration.ofMillis(4);

  private static final Duration WORK_FOR_POD = Duration.ofNanos(100_000);

  private static final Duration BETWEEN_EVENTS = Duration.ofMinutes(1);

  private final Duration interval;
  private final Duration leaseDuration;
  private final LongSupplier nanos;

  /** What the streams of all pods leave to each of them. One thread writes it. */
  private volatile Duration share = Duration.ZERO;

  private final Map<String, Long> written = new ConcurrentHashMap<>();
  private final Map<String, Long> announced = new ConcurrentHashMap<>();

  public Pace(Duration interval, Duration leaseDuration, LongSupplier nanos) {
    this.interval = interval;
    this.leaseDuration = leaseDuration;
    this.nanos = nanos;
  }

  /** So many streams run now, and so many pods hear of each: one core is to do for positions. */
  public void shareAmong(long streams, long pods) {
    share = WORK_OF_WRITE.plus(WORK_FOR_POD.multipliedBy(pods)).multipliedBy(streams);
  }

  /** How long a status has to wait before it is written over another one. */
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

  /** Forgets all but these. */
  void forgetAllBut(Set<String> uids) {
    written.keySet().retainAll(uids);
    announced.keySet().retainAll(uids);
  }

  /** Of how many it knows anything. */
  int size() {
    return Math.max(written.size(), announced.size());
  }

  /** Whether an event may be made of what a client can bring about again and again. */
  boolean mayAnnounce(String uid) {
    long now = nanos.getAsLong();
    Long last = announced.get(uid);
    if (last != null && now - last < BETWEEN_EVENTS.toNanos()) {
      return false;
    }
    announced.put(uid, now);
    return true;
  }

  /** When to look at a position again. */
  Duration progress() {
    return interval.compareTo(share) < 0 ? share : interval;
  }

  /**
   * When to look again where something else is to happen first, and may be missed: as often as
   * Leases are read, since what one of them says may be what is waited for.
   */
  public Duration look() {
    return leaseDuration.dividedBy(OwnLease.SIGNS);
  }

  /** When to look again after somebody was faster. */
  Duration retry() {
    return leaseDuration.dividedBy(30);
  }
}
