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
 * The pods that share the exports, by their Leases as they were last read. No clock of another
 * machine counts: a Lease is over when it has stayed as it is for its duration by this one.
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
   * One of them.
   *
   * @param lease the name of its Lease
   * @param version changes with each sign of life
   * @param since when this process first saw that version
   * @param first when it first saw that Lease
   * @param place what it has room for
   * @param api where its REST API is; empty if it does not say so
   * @param nbdAddress where other pods reach its NBD listener; empty if it does not tell
   * @param relayKey what its signatures are checked with
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
   * What a pod has room for.
   *
   * @param room how many more exports it can take
   * @param load how busy it is; empty if it does not tell
   */
  record Place(int room, Optional<Load> load) {}

  /**
   * How a pod is met by others as an NBD server.
   *
   * @param nbdAddress where its listener is reached, as numbers; empty if it does not tell
   * @param relayKey what its signatures are checked with
   */
  public record Contact(String nbdAddress, String relayKey) {}

  private final LongSupplier nanos;
  private final Duration duration;
  private Map<String, Member> members = Map.of();

  /** When the last request for them began that was answered; what is later is not known. */
  private long readAt;

  private boolean haveBeenRead;

  /** When Leases that were asked for and are not there were first missed. */
  private final Map<String, Long> missing = new HashMap<>();

  public Members(LongSupplier nanos, Duration duration) {
    this.nanos = nanos;
    this.duration = duration;
  }

  Duration duration() {
    return duration;
  }

  /** These are the Leases now, as a request has read them that began at this time. */
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

  /** Whether the pod that has an export has given no sign of life for so long as it may. */
  public synchronized boolean isLost(Owner owner) {
    Member member = members.get(owner.lease());
    if (member != null) {
      return isOver(member);
    }
    long since = missing.computeIfAbsent(owner.lease(), _ -> nanos.getAsLong());
    return readAt - since >= duration.toNanos();
  }

  /** Where the REST API of a pod is that gives signs of life, and says so. */
  public synchronized Optional<URI> api(Owner owner) {
    return Optional.ofNullable(members.get(owner.lease()))
        .filter(member -> !isOver(member))
        .flatMap(member -> ApiUrl.parse(member.api()));
  }

  /** Forgets since when Leases are missing that none of these owners' exports needs any more. */
  public synchronized void forgetMissingBut(Set<String> leases) {
    missing.keySet().retainAll(leases);
  }

  /** How many Leases are known to be missing. */
  synchronized int missing() {
    return missing.size();
  }

  /** A pod that gives signs of life, by its Lease. */
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

  /** What each has room for that gives signs of life, by its Lease. */
  synchronized Map<String, Place> places() {
    return members.values().stream()
        .filter(member -> !isOver(member))
        .collect(Collectors.toMap(Member::lease, Member::place));
  }

  /**
   * Whether a Lease is that of the one that looks after what the others have left. One that has
   * just come cannot judge yet, so it comes last.
   */
  public synchronized boolean isJanitor(String lease) {
    return members.values().stream()
        .filter(member -> !isOver(member))
        .min(Comparator.comparing(this::isNew).thenComparing(Member::lease))
        .map(Member::lease)
        .filter(lease::equals)
        .isPresent();
  }

  /** How many of them give signs of life. */
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
