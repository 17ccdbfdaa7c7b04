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
 * Assigns waiting exports to pods. Each pod computes this for itself, so the result depends only on
 * what all of them read. docs/kubernetes.md has the rule.
 *
 * <p>It computes first how many exports each pod gets, and then which ones. So an export that is
 * claimed meanwhile hardly changes the places of the others.
 */
final class Placement {

  /**
   * A live pod.
   *
   * @param room how many more exports it takes, by its Lease
   * @param load empty if its Lease has none
   * @param exports the number of its exports that have not ended, by their resources
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

  /** A pod, and what it was assigned so far. */
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

    /** Returns the largest of its shares, in whole tenths. */
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
   * Returns the Lease of the pod for each export, by the UID of the export. An export for which no
   * pod has room is left out.
   *
   * @param waiting the exports; the first ones get room first
   */
  static Map<String, String> of(List<Pod> pods, List<Waiting> waiting) {
    boolean all = pods.stream().allMatch(pod -> pod.load().isPresent() || pod.room() == 0);
    return all ? byLoad(slots(pods), waiting) : byRoom(pods, waiting);
  }

  /**
   * Assigns by room alone, as older pods do. Used while there is one, since it would claim nothing
   * by another rule.
   */
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

  /** Returns the slots that match, or all if none does. */
  private static List<Slot> anyOf(List<Slot> slots, Predicate<Slot> isSo) {
    List<Slot> some = slots.stream().filter(isSo).toList();
    return some.isEmpty() ? slots : some;
  }

  /** Returns a hash of the pair, mixed by the finalizer of MurmurHash3. */
  private static int lot(Slot slot, Waiting one) {
    int hash = (slot.pod.lease() + one.uid()).hashCode();
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }
}
