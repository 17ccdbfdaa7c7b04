package dev.sluice.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How often there is something to write or to look at. Ends, beginnings and new addresses are
 * written at once; other states at most ten times within the interval, so that a client which comes
 * and goes cannot flood the API server; all else once within it.
 */
final class Pace {

  private static final int STATES_WITHIN_INTERVAL = 10;

  private static final Duration BETWEEN_EVENTS = Duration.ofMinutes(1);

  private final Duration interval;
  private final Duration leaseDuration;
  private final LongSupplier nanos;
  private final Map<String, Long> written = new ConcurrentHashMap<>();
  private final Map<String, Long> announced = new ConcurrentHashMap<>();

  Pace(Duration interval, Duration leaseDuration, LongSupplier nanos) {
    this.interval = interval;
    this.leaseDuration = leaseDuration;
    this.nanos = nanos;
  }

  /** How long a status has to wait before it is written over another one. */
  Duration untilWrite(String uid, StreamExportStatus before, StreamExportStatus now) {
    Long last = written.get(uid);
    boolean begins = now.startTime() != null && before.startTime() == null;
    if (last == null || now.isFinal() || begins || before.phase() == null) {
      return Duration.ZERO;
    }
    Duration gap =
        now.differsOnlyInDetailFrom(before) ? interval : interval.dividedBy(STATES_WITHIN_INTERVAL);
    return gap.minusNanos(nanos.getAsLong() - last);
  }

  void wrote(String uid) {
    written.put(uid, nanos.getAsLong());
  }

  void forget(String uid) {
    written.remove(uid);
    announced.remove(uid);
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
    return interval;
  }

  /** When to look again where something else is to happen first, and may be missed. */
  Duration look() {
    return leaseDuration.dividedBy(3);
  }

  /** When to look again after somebody was faster. */
  Duration retry() {
    return leaseDuration.dividedBy(30);
  }
}
