package dev.sluice.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.member.Placement.Pod;
import dev.sluice.cluster.member.Placement.Waiting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which pod takes what, by numbers alone. */
class PlacementTest {

  private static final long MIB = 1L << 20;
  private static final long SEED = 7;

  /** A pod that can be as the test needs it; at first it is empty. */
  private record Some(
      String lease, String node, int exports, Share windows, Share bandwidth, long promised) {

    private static Some pod(String lease) {
      return new Some(lease, "", 0, new Share(0, 512 * MIB), new Share(0, 1000), 0);
    }

    private Some on(String other) {
      return new Some(lease, other, exports, windows, bandwidth, promised);
    }

    private Some having(int other) {
      return new Some(lease, node, other, windows, bandwidth, promised);
    }

    private Some using(long taken, long of) {
      return new Some(lease, node, exports, new Share(taken, of), bandwidth, promised);
    }

    private Some moving(long bytes) {
      return new Some(lease, node, exports, windows, new Share(bytes, 1000), promised);
    }

    private Some promising(long bytes) {
      return new Some(lease, node, exports, windows, bandwidth, bytes);
    }

    private Pod of(int max) {
      Load load = new Load(node, new Share(exports, max), windows, bandwidth);
      return new Pod(lease, max - exports, Optional.of(load), exports, promised);
    }

    private Pod now() {
      return of(1000);
    }
  }

  private static Some pod(String lease) {
    return Some.pod(lease);
  }

  private static List<Waiting> waiting(int count) {
    return waiting(count, 64 * MIB);
  }

  private static List<Waiting> waiting(int count, long windows) {
    return IntStream.range(0, count).mapToObj(i -> new Waiting("uid-" + i, windows)).toList();
  }

  /** How many of so many each pod gets. */
  private static Map<String, Long> split(List<Waiting> waiting, Pod... pods) {
    return Placement.of(List.of(pods), waiting).values().stream()
        .collect(Collectors.groupingBy(lease -> lease, Collectors.counting()));
  }

  @Test
  void manyAtOnceAreSpreadOverPodsThatAreAlike() {
    assertThat(split(waiting(30), pod("a").now(), pod("b").now(), pod("c").now()))
        .containsOnly(Map.entry("a", 10L), Map.entry("b", 10L), Map.entry("c", 10L));
  }

  /** Each pod sees what the others take a little later, and in any order. */
  @Test
  void whatHasBeenTakenHardlyChangesThePlacesOfTheOthers() {
    List<Some> pods = List.of(pod("a"), pod("b").having(3), pod("c"));
    List<Waiting> all = waiting(100, 1);
    Map<String, String> first = Placement.of(pods.stream().map(Some::now).toList(), all);
    List<Waiting> order = new ArrayList<>(all);
    Collections.shuffle(order, new Random(SEED));
    for (int taken = 1; taken < all.size(); taken++) {
      Map<String, Integer> more = new HashMap<>();
      order.subList(0, taken).forEach(one -> more.merge(first.get(one.uid()), 1, Integer::sum));
      List<Waiting> rest = new ArrayList<>(all);
      rest.removeAll(order.subList(0, taken));

      Map<String, String> now =
          Placement.of(
              pods.stream()
                  .map(pod -> pod.having(pod.exports() + more.getOrDefault(pod.lease(), 0)).now())
                  .toList(),
              rest);

      assertThat(rest)
          .filteredOn(one -> !Objects.equals(first.get(one.uid()), now.get(one.uid())))
          .as("that have another place after %d were taken", taken)
          .hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void aLoneExportGoesToAnyOfThoseThatAreAlike() {
    Map<String, Long> all = new HashMap<>();
    for (Waiting one : waiting(300)) {
      split(List.of(one), pod("a").now(), pod("b").now(), pod("c").now())
          .forEach((lease, count) -> all.merge(lease, count, Long::sum));
    }
    assertThat(all).hasSize(3).allSatisfy((_, count) -> assertThat(count).isBetween(70L, 130L));
  }

  @Test
  void nobodyTakesMoreThanItHasRoomFor() {
    assertThat(split(waiting(30), pod("a").of(3), pod("b").having(5).of(9)))
        .containsOnly(Map.entry("a", 3L), Map.entry("b", 4L));
    assertThat(Placement.of(List.of(pod("a").of(3)), waiting(30)))
        .as("those that have waited longest")
        .containsOnlyKeys("uid-0", "uid-1", "uid-2");
    assertThat(split(waiting(3))).isEmpty();
  }

  /** Its Lease is older than the last exports that it has taken, or says that it takes none. */
  @Test
  void roomIsWhatBothTheLeaseAndTheResourcesLeave() {
    Load load = pod("a").now().load().orElseThrow();
    assertThat(split(waiting(9), new Pod("a", 990, Optional.of(load), 998, 0)))
        .containsOnly(Map.entry("a", 2L));
    assertThat(split(waiting(9), new Pod("a", 0, Optional.of(load), 998, 0))).isEmpty();
  }

  @Test
  void theLeastLoadedTakesItByWhatIsScarcest() {
    Pod idle = pod("a").having(99).now();
    assertThat(split(waiting(1), idle, pod("b").moving(100).now())).containsOnlyKeys("a");
    assertThat(split(waiting(1), idle, pod("b").using(52 * MIB, 512 * MIB).now()))
        .containsOnlyKeys("a");
    assertThat(split(waiting(1), pod("a").having(100).now(), pod("b").moving(99).now()))
        .containsOnlyKeys("b");
    assertThat(split(waiting(2), pod("a").having(5).of(10), pod("b").having(59).of(100)))
        .as("half of its room is taken, and more of that of the other one")
        .containsOnly(Map.entry("a", 1L), Map.entry("b", 1L));
  }

  @Test
  void lessThanATenthIsNoDifferenceAndThenTheOneWithFewerExportsTakesIt() {
    assertThat(split(waiting(1), pod("a").having(7).now(), pod("b").having(6).moving(99).now()))
        .containsOnlyKeys("b");
  }

  @Test
  void exportsAreSpreadOverNodesBeforePods() {
    Pod alone = pod("a").on("first").now();
    Pod one = pod("b").on("second").now();
    Pod other = pod("c").on("second").now();
    assertThat(split(waiting(40), alone, one, other))
        .containsOnly(Map.entry("a", 20L), Map.entry("b", 10L), Map.entry("c", 10L));
    assertThat(split(waiting(5), alone, pod("b").on("second").having(9).of(9), other))
        .as("what a full pod has counts for its node")
        .containsOnly(Map.entry("a", 5L));
    assertThat(split(waiting(5), pod("b").on("second").having(9).now(), other))
        .as("on one node the pod with fewer has it")
        .containsOnly(Map.entry("c", 5L));
  }

  @Test
  void podsThatKnowNoNodeAreNotOnOne() {
    assertThat(split(waiting(40), pod("a").on("first").now(), pod("b").now(), pod("c").now()))
        .containsValues(13L, 14L)
        .allSatisfy((_, count) -> assertThat(count).isBetween(13L, 14L));
  }

  @Test
  void whatNeedsMuchWindowMemoryGoesWhereItIsFree() {
    List<Waiting> large = waiting(1, 400 * MIB);
    Pod free = pod("a").having(40).now();
    assertThat(split(large, free, pod("b").using(200 * MIB, 512 * MIB).now()))
        .as("in use")
        .containsOnlyKeys("a");
    assertThat(split(large, free, pod("b").promising(200 * MIB).now()))
        .as("promised to exports that have not begun")
        .containsOnlyKeys("a");
    assertThat(split(waiting(2, 400 * MIB), free, pod("b").now()))
        .as("promised just now")
        .containsOnly(Map.entry("a", 1L), Map.entry("b", 1L));
  }

  /** Streams wait for memory and do not fail, so there is no reason to let an export wait. */
  @Test
  void whereNobodyHasSoMuchFreeItIsTakenNevertheless() {
    assertThat(split(waiting(2), pod("a").using(500 * MIB, 512 * MIB).now()))
        .containsOnly(Map.entry("a", 2L));
  }

  /** Whoever takes what it can never hold refuses it for good. */
  @Test
  void whatAPodCanNeverHoldGoesToOneThatCanThoughThatIsBusy() {
    List<Waiting> large = waiting(1, 400 * MIB);
    Pod busy = pod("a").using(500 * MIB, 512 * MIB).now();
    assertThat(split(large, busy, pod("b").using(0, 256 * MIB).now())).containsOnlyKeys("a");
    assertThat(split(large, pod("b").using(0, 256 * MIB).now())).containsOnlyKeys("b");
  }

  /** It goes by room alone, and takes nothing that is another one's by that. */
  @Test
  void whileAnOlderPodTakesExportsAllGoByRoomAlone() {
    Pod older = new Pod("a", 990, Optional.empty(), 10, 0);
    assertThat(split(waiting(9), older, pod("b").having(9).moving(900).now()))
        .containsOnly(Map.entry("b", 9L));
    assertThat(split(waiting(9), older, pod("b").having(11).now()))
        .containsOnly(Map.entry("a", 9L));
    Pod leaving = new Pod("a", 0, Optional.empty(), 10, 0);
    assertThat(split(waiting(8), leaving, pod("b").now(), pod("c").now()))
        .containsOnly(Map.entry("b", 4L), Map.entry("c", 4L));
  }
}
