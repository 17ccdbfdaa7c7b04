package dev.sluice.cluster.member;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Which pod is to take which of the exports that wait for one. Each pod computes that for itself,
 * so it depends on nothing but what all of them read. docs/kubernetes.md has the rule.
 *
 * <p>First it finds out how many of them each pod is to get, and then which. So what has been taken
 * meanwhile hardly changes the places of the others, in whatever order that happens.
 */
final class Placement {

  /**
   * A pod that gives signs of life.
   *
   * @param room how many more exports it takes, by its Lease
   * @param load empty if its Lease does not say
   * @param exports how many it has that have not ended, by their resources
   * @param promised the window memory of those that have not begun, in bytes
   */
  record Pod(String lease, int room, Optional<Load> load, int exports, long promised) {}

  /**
   * An export that any pod may take.
   *
   * @param windows the most memory that its windows take, in bytes
   */
  record Waiting(String uid, long windows) {}

  /** The exports on one node. */
  private static final class Node {
    private int exports;
  }

  /** What becomes of a pod while exports are placed. */
  private static final class Slot {

    private final Pod pod;
    private final Load load;
    private final Node node;

    private int planned;
    private long plannedWindows;
    private int given;
    private long givenWindows;

    private Slot(Pod pod, Load load, Node node) {
      this.pod = pod;
      this.load = load;
      this.node = node;
      node.exports += pod.exports();
    }

    private boolean hasRoomFor(int more) {
      return more < Math.min(pod.room(), load.exports().of() - pod.exports());
    }

    private int exports() {
      return pod.exports() + planned;
    }

    private int onNode() {
      return node.exports;
    }

    /** How full it is by what is scarcest. */
    private int tenths() {
      int exports = new Share(exports(), load.exports().of()).tenths();
      return Math.max(exports, Math.max(load.windows().tenths(), load.bandwidth().tenths()));
    }

    private void plan(Waiting one) {
      planned++;
      plannedWindows += one.windows();
      node.exports++;
    }

    private void give(Waiting one) {
      given++;
      givenWindows += one.windows();
    }

    private boolean everHolds(Waiting one) {
      return one.windows() <= load.windows().of();
    }

    private boolean holds(Waiting one, long more) {
      return one.windows() <= load.windows().and(pod.promised() + more).free();
    }
  }

  private Placement() {}

  /**
   * The Leases of the pods that are to take them, by the UIDs of the exports.
   *
   * @param waiting those that come first have room before others
   */
  static Map<String, String> of(List<Pod> pods, List<Waiting> waiting) {
    boolean all = pods.stream().allMatch(pod -> pod.load().isPresent() || pod.room() == 0);
    return all ? byLoad(slots(pods), waiting) : byRoom(pods, waiting);
  }

  /** As older pods do it, of which there is one at least: they would not take what is not so. */
  private static Map<String, String> byRoom(List<Pod> pods, List<Waiting> waiting) {
    Map<String, String> places = new HashMap<>();
    for (Waiting one : waiting) {
      pods.stream()
          .filter(pod -> pod.room() > 0)
          .max(
              Comparator.comparingInt(Pod::room)
                  .thenComparingInt(pod -> (pod.lease() + one.uid()).hashCode()))
          .ifPresent(pod -> places.put(one.uid(), pod.lease()));
    }
    return places;
  }

  private static List<Slot> slots(List<Pod> pods) {
    Map<String, Node> nodes = new HashMap<>();
    List<Slot> slots = new ArrayList<>();
    for (Pod pod : pods) {
      pod.load()
          .ifPresent(
              load -> {
                String name = load.node().isEmpty() ? "of " + pod.lease() : load.node();
                slots.add(new Slot(pod, load, nodes.computeIfAbsent(name, _ -> new Node())));
              });
    }
    return slots;
  }

  private static Map<String, String> byLoad(List<Slot> slots, List<Waiting> waiting) {
    for (Waiting one : waiting) {
      fitting(slots, one, slot -> slot.planned, slot -> slot.plannedWindows).stream()
          .min(
              Comparator.comparingInt(Slot::tenths)
                  .thenComparingInt(Slot::onNode)
                  .thenComparingInt(Slot::exports)
                  .thenComparingInt(slot -> lot(slot, one)))
          .ifPresent(slot -> slot.plan(one));
    }
    Map<String, String> places = new HashMap<>();
    for (Waiting one : waiting) {
      List<Slot> fit = slots.stream().filter(slot -> slot.given < slot.planned).toList();
      fitting(fit, one, slot -> slot.given, slot -> slot.givenWindows).stream()
          .min(Comparator.comparingInt(slot -> lot(slot, one)))
          .ifPresent(
              slot -> {
                slot.give(one);
                places.put(one.uid(), slot.pod.lease());
              });
    }
    return places;
  }

  private static List<Slot> fitting(
      List<Slot> slots, Waiting one, ToIntFunction<Slot> more, ToLongFunction<Slot> windows) {
    List<Slot> fit = slots.stream().filter(slot -> slot.hasRoomFor(more.applyAsInt(slot))).toList();
    fit = anyOf(fit, slot -> slot.everHolds(one));
    return anyOf(fit, slot -> slot.holds(one, windows.applyAsLong(slot)));
  }

  /** Those of which that is so; or all, if it is so of none. */
  private static List<Slot> anyOf(List<Slot> slots, Predicate<Slot> isSo) {
    List<Slot> some = slots.stream().filter(isSo).toList();
    return some.isEmpty() ? slots : some;
  }

  /** One number for each pair, in no order that anybody could tell: the finish of MurmurHash3. */
  private static int lot(Slot slot, Waiting one) {
    int hash = (slot.pod.lease() + one.uid()).hashCode();
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }
}
