package dev.sluice.cluster;

import dev.sluice.cluster.StreamExportStatus.Owner;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pods that share the exports, by their Leases as they were last read. No clock of another
 * machine counts: a Lease is over when it has stayed as it is for its duration by this one.
 */
final class Members {

  static final String LABEL = "sluice.dev/member";
  static final String MILLIS = "sluice.dev/lease-milliseconds";
  static final String ROOM = "sluice.dev/room";
  static final String POD = "sluice.dev/pod";

  /**
   * One of them.
   *
   * @param lease the name of its Lease
   * @param version changes with each sign of life
   * @param since when this process first saw that version
   * @param room how many more exports it can take
   */
  private record Member(
      String lease, String pod, String version, long since, Duration duration, int room) {}

  private final LongSupplier nanos;
  private final Duration duration;
  private Map<String, Member> members = Map.of();

  /** When the last request for them began that was answered; what is later is not known. */
  private long readAt;

  /** When Leases that were asked for and are not there were first missed. */
  private final Map<String, Long> missing = new HashMap<>();

  Members(LongSupplier nanos, Duration duration) {
    this.nanos = nanos;
    this.duration = duration;
  }

  /** These are the Leases now, as a request has read them that began at this time. */
  synchronized void are(List<Lease> leases, long askedAt) {
    long now = nanos.getAsLong();
    readAt = askedAt;
    Map<String, Member> found = new HashMap<>();
    for (Lease lease : leases) {
      String name = lease.getMetadata().getName();
      Map<String, String> notes = lease.getMetadata().getAnnotations();
      String version = lease.getMetadata().getUid() + lease.getMetadata().getResourceVersion();
      Member known = members.get(name);
      long since = known != null && known.version().equals(version) ? known.since() : now;
      found.put(
          name,
          new Member(
              name,
              notes == null ? "" : notes.getOrDefault(POD, ""),
              version,
              since,
              duration(notes),
              (int) number(notes, ROOM, 0)));
    }
    members = found;
    missing.keySet().removeIf(found::containsKey);
  }

  private Duration duration(@Nullable Map<String, String> notes) {
    return Duration.ofMillis(number(notes, MILLIS, duration.toMillis()));
  }

  private static long number(@Nullable Map<String, String> notes, String key, long otherwise) {
    try {
      return notes == null ? otherwise : Long.parseLong(notes.getOrDefault(key, "" + otherwise));
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /** Whether the pod that has an export has given no sign of life for so long as it may. */
  synchronized boolean isLost(Owner owner) {
    Member member = members.get(owner.lease());
    if (member != null) {
      return isOver(member);
    }
    long since = missing.computeIfAbsent(owner.lease(), _ -> nanos.getAsLong());
    return readAt - since >= duration.toNanos();
  }

  private boolean isOver(Member member) {
    return readAt - member.since() >= member.duration().toNanos();
  }

  /** The pod that is to take an export that anybody may take: the one with most room. */
  synchronized Optional<String> roomiest(String uid) {
    return members.values().stream()
        .filter(member -> !isOver(member) && member.room() > 0)
        .max(
            Comparator.comparingInt(Member::room)
                .thenComparingInt(member -> (member.lease() + uid).hashCode()))
        .map(Member::lease);
  }

  /** Whether a Lease is that of the one that looks after what the others have left. */
  synchronized boolean isJanitor(String lease) {
    return members.values().stream()
        .filter(member -> !isOver(member))
        .map(Member::lease)
        .min(Comparator.naturalOrder())
        .filter(lease::equals)
        .isPresent();
  }

  /** The Leases of those that are gone. */
  synchronized List<String> over() {
    return members.values().stream().filter(this::isOver).map(Member::lease).toList();
  }
}
