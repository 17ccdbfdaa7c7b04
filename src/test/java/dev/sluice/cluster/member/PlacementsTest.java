package dev.sluice.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.stream.StreamState;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which exports are for a pod, by what it has read. */
class PlacementsTest {

  private static final Owner SELF = new Owner("sluice-0", null, "aa");
  private static final Owner OTHER = new Owner("sluice-1", null, "bb");
  private static final Duration LEASE = Duration.ofSeconds(9);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private long now;
  private final List<StreamExport> resources = new ArrayList<>();
  private final Members members = new Members(() -> now, LEASE);
  private final Placements placing =
      new Placements(members, SELF, () -> List.copyOf(resources), _ -> 100, () -> now);

  private static Lease lease(Owner owner, int room, int max) {
    Load load = new Load("", new Share(max - room, max), new Share(0, 1000), new Share(0, 1000));
    Map<String, String> notes = new HashMap<>(load.notes());
    notes.put(Members.ROOM, "" + room);
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(owner.lease())
        .withUid(owner.lease())
        .withAnnotations(notes)
        .endMetadata()
        .build();
  }

  private void read(Lease... leases) {
    members.are(List.of(leases), now);
  }

  private StreamExport add(String name, Map<String, Object> spec, @Nullable Owner owner) {
    StreamExport resource = new StreamExport();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withUid("uid-" + name)
            .withCreationTimestamp(START.plusSeconds(resources.size()).toString())
            .build());
    resource.setSpec(spec);
    if (owner != null) {
      resource.setStatus(status(owner, StreamState.WAITING));
    }
    resources.add(resource);
    return resource;
  }

  private StreamExport add(String name) {
    return add(name, Map.of(), null);
  }

  private static StreamExportStatus status(Owner owner, StreamState state) {
    String begun = state == StreamState.WAITING ? null : START.toString();
    return new StreamExportStatus(
        1L, state, 0L, null, null, null, begun, null, null, null, owner, null);
  }

  /** Its Lease tells of none of them yet. */
  @Test
  void whatAnOwnerHasTakenSinceItsLeaseWasReadCounts() {
    read(lease(SELF, 100, 100), lease(OTHER, 100, 100));
    add("first", Map.of(), SELF);
    assertThat(placing.isForMe(add("second"))).isFalse();
    add("third", Map.of(), OTHER);
    add("fourth", Map.of(), OTHER);
    resources.removeIf(resource -> resource.name().equals("second"));
    assertThat(placing.isForMe(add("fifth"))).isTrue();
  }

  @Test
  void whatHasEndedCountsNoMore() {
    read(lease(SELF, 100, 100), lease(OTHER, 100, 100));
    add("first", Map.of(), SELF).setStatus(status(SELF, StreamState.COMPLETED));
    add("last", Map.of(), SELF).setStatus(status(SELF, StreamState.FAILED));
    add("second", Map.of(), OTHER);
    assertThat(placing.isForMe(add("third"))).isTrue();
  }

  /** Of what is promised nothing is in use yet: ten such exports take all window memory. */
  @Test
  void windowMemoryIsPromisedUntilAStreamBegins() {
    read(lease(SELF, 1000, 1000), lease(OTHER, 1000, 1000));
    for (int i = 0; i < 10; i++) {
      add("waits-" + i, Map.of(), SELF);
      add("moves-" + i, Map.of(), OTHER).setStatus(status(OTHER, StreamState.STREAMING));
      add("more-" + i, Map.of(), OTHER).setStatus(status(OTHER, StreamState.STREAMING));
    }
    assertThat(placing.isForMe(add("next"))).isFalse();
  }

  @Test
  void theOneThatIsNamedTakesIt() {
    read(lease(SELF, 0, 100), lease(OTHER, 100, 100));
    assertThat(placing.isForMe(add("mine", Map.of("pod", SELF.pod()), null))).isTrue();
    assertThat(placing.isForMe(add("others", Map.of("pod", OTHER.pod()), null))).isFalse();
  }

  @Test
  void thoseThatHaveWaitedLongestHaveRoomFirstAndTheFirstPodSaysItOfTheOthers() {
    StreamExport named = add("named", Map.of("pod", "sluice-9"), null);
    StreamExport first = add("z");
    StreamExport second = add("a");
    assertThat(placing.isToSayThatNobodyHasRoomFor(second)).as("nobody has read a Lease").isFalse();
    now += LEASE.toNanos();
    read(lease(SELF, 1, 1));
    assertThat(placing.isForMe(first)).isTrue();
    assertThat(placing.isForMe(second)).isFalse();
    assertThat(placing.isToSayThatNobodyHasRoomFor(first)).isFalse();
    assertThat(placing.isToSayThatNobodyHasRoomFor(second)).isTrue();
    assertThat(placing.isToSayThatNobodyHasRoomFor(named)).isFalse();
    Placements others = new Placements(members, OTHER, () -> resources, _ -> 100, () -> now);
    assertThat(others.isToSayThatNobodyHasRoomFor(second)).as("another one does").isFalse();
  }

  @Test
  void soManyAreLookedAtATimeAndOfTheOthersNobodySaysThatThereIsNoRoom() {
    read(lease(SELF, 0, 1));
    List<StreamExport> all = new ArrayList<>();
    for (int i = 0; i < 1001; i++) {
      all.add(add("one-" + i));
    }
    assertThat(placing.isToSayThatNobodyHasRoomFor(all.get(999))).isTrue();
    assertThat(placing.isToSayThatNobodyHasRoomFor(all.get(1000))).isFalse();
  }

  @Test
  void whatWasFoundOutIsGoodForAHundredthOfALeaseOrUntilAnotherOneComes() {
    read(lease(SELF, 1, 1));
    StreamExport first = add("first");
    assertThat(placing.isForMe(first)).isTrue();
    read(lease(SELF, 0, 1));
    assertThat(placing.isForMe(first)).as("it was found out just now").isTrue();
    now += LEASE.dividedBy(100).toNanos() * 2;
    assertThat(placing.isForMe(first)).isFalse();
    resources.clear();
    read(lease(SELF, 1, 1));
    assertThat(placing.isForMe(add("other"))).isTrue();
  }
}
