package dev.sluice.cluster.member;

import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The pods that share the exports, by their Leases as last read. A Lease has expired when it has
 * not changed for its duration, by the clock of this machine. Thread-safe.
 */
public final class Members {

  static final String LABEL = "sluice.dev/member";
  static final String MILLIS = "sluice.dev/lease-milliseconds";
  static final String ROOM = "sluice.dev/room";
  static final String POD = "sluice.dev/pod";
  static final String API = "sluice.dev/api-url";
  public static final String NBD_ADDRESS = "sluice.dev/nbd-address";
  public static final String RELAY_KEY = "sluice.dev/relay-key";

  /**
   * A pod.
   *
   * @param lease the name of its Lease
   * @param version changes with each renewal
   * @param since when this process first saw that version
   * @param first when this process first saw the Lease
   * @param place its room and load
   * @param api the URL of its REST API; empty if unknown
   * @param nbdAddress the address of its NBD listener for other pods; empty if unknown
   * @param relayKey the public key for its signatures
   */
  private record Member(
      String lease,
      String pod,
      String version,
      String resourceVersion,
      long since,
      long first,
      Duration duration,
      Place place,
      String api,
      String nbdAddress,
      String relayKey) {}

  /**
   * The room and the load of a pod.
   *
   * @param room how many more exports it can take
   * @param load its load; empty if its Lease has none
   */
  record Place(int room, Optional<Load> load) {}

  /**
   * What other pods need to relay NBD clients to a pod.
   *
   * @param nbdAddress the numeric address of its listener; empty if unknown
   * @param relayKey the public key for its signatures
   */
  public record Contact(String nbdAddress, String relayKey) {}

  private final LongSupplier nanos;
  private final Duration duration;
  private Map<String, Member> members = Map.of();

  /** When the last successful request for the Leases was sent. */
  private long readAt;

  private boolean haveBeenRead;

  /** When a Lease that somebody asked for was first missing, by its name. */
  private final Map<String, Long> missing = new HashMap<>();

  public Members(LongSupplier nanos, Duration duration) {
    this.nanos = nanos;
    this.duration = duration;
  }

  Duration duration() {
    return duration;
  }

  /**
   * Sets the Leases. Ignores the result of a request that was sent before one already seen.
   *
   * @param askedAt when the request was sent
   */
  public synchronized void are(List<Lease> leases, long askedAt) {
    if (haveBeenRead && askedAt - readAt < 0) {
      return; // somebody who has asked later was answered before
    }
    long now = nanos.getAsLong();
    readAt = askedAt;
    haveBeenRead = true;
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
              text(notes, POD),
              version,
              lease.getMetadata().getResourceVersion(),
              since,
              known == null ? now : known.first(),
              duration(notes),
              new Place((int) number(notes, ROOM, 0), Load.of(notes == null ? Map.of() : notes)),
              text(notes, API),
              text(notes, NBD_ADDRESS),
              text(notes, RELAY_KEY)));
    }
    members = found;
    missing.keySet().removeIf(found::containsKey);
  }

  private static String text(@Nullable Map<String, String> notes, String key) {
    return notes == null ? "" : notes.getOrDefault(key, "");
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

  /** Returns whether the owner is lost: its Lease has expired, or is missing for as long. */
  public synchronized boolean isLost(Owner owner) {
    Member member = members.get(owner.lease());
    if (member != null) {
      return isOver(member);
    }
    long since = missing.computeIfAbsent(owner.lease(), _ -> nanos.getAsLong());
    return readAt - since >= duration.toNanos();
  }

  /** Returns the URL of the owner's REST API; empty if its Lease has expired or has none. */
  public synchronized Optional<URI> api(Owner owner) {
    return Optional.ofNullable(members.get(owner.lease()))
        .filter(member -> !isOver(member))
        .flatMap(member -> ApiUrl.parse(member.api()));
  }

  /** Forgets all missing Leases except these. */
  public synchronized void forgetMissingBut(Set<String> leases) {
    missing.keySet().retainAll(leases);
  }

  /** Returns the number of missing Leases that are remembered. */
  synchronized int missing() {
    return missing.size();
  }

  /** Returns the contact of a live pod, by the name of its Lease. */
  public synchronized Optional<Contact> contact(String lease) {
    return Optional.ofNullable(members.get(lease))
        .filter(member -> !isOver(member))
        .map(member -> new Contact(member.nbdAddress(), member.relayKey()));
  }

  private boolean isOver(Member member) {
    return readAt - member.since() >= member.duration().toNanos();
  }

  private boolean isNew(Member member) {
    return readAt - member.first() < duration.toNanos();
  }

  /** Returns the room and load of the live pods, by the names of their Leases. */
  synchronized Map<String, Place> places() {
    return members.values().stream()
        .filter(member -> !isOver(member))
        .collect(Collectors.toMap(Member::lease, Member::place));
  }

  /**
   * Returns whether the pod with this Lease is the janitor: the live pod whose Lease has the first
   * name. Pods that are new cannot judge yet, so they come last.
   */
  public synchronized boolean isJanitor(String lease) {
    return members.values().stream()
        .filter(member -> !isOver(member))
        .min(Comparator.comparing(this::isNew).thenComparing(Member::lease))
        .map(Member::lease)
        .filter(lease::equals)
        .isPresent();
  }

  /** Returns the number of live pods. */
  public synchronized int live() {
    return (int) members.values().stream().filter(member -> !isOver(member)).count();
  }

  /** Returns the names of expired Leases, and the resource version of each as it was read. */
  public synchronized Map<String, String> over() {
    return members.values().stream()
        .filter(this::isOver)
        .collect(
            Collectors.toMap(
                Member::lease, Member::resourceVersion, (one, _) -> one, HashMap::new));
  }
}
