package dev.sluice.endpoint;

import static java.util.Comparator.comparingInt;

import dev.sluice.posix.FileEvents;
import java.util.Arrays;

/**
 * Counts how often one FIFO was opened since the watch began, as each witness has seen it, and
 * separates this service's own opens. Guarded by the monitor of the {@link FifoWatch}, except for
 * the name and the alarm.
 */
final class FifoTally {

  /** The result of {@link #peers()} if no witness has seen everything. */
  static final int LOST = -1;

  /** What one witness has seen, by the watch of the FIFO and by that of its folder. */
  private static final class Seen {
    private int opens;
    private int opensInFolder;
    private int closes;
    private int closesInFolder;
    private int forgotten;
    private boolean lost;

    private int opens() {
      return Math.max(opens, opensInFolder);
    }

    private int closes() {
      return Math.max(closes, closesInFolder);
    }

    /**
     * Returns whether there were as many closes as opens. A close cannot be matched with an open,
     * because that may not have been seen.
     */
    private boolean allLeft() {
      return closes() >= opens();
    }
  }

  private final String name;
  private final int instances;
  private final Seen[] seen;
  private volatile Runnable alarm = () -> {};
  private int own;

  /** Peers that are there, but whose opens were not seen. */
  private int unseen;

  /** Whether the FIFO may have lost its name. */
  private boolean suspect;

  /**
   * Creates an empty tally.
   *
   * @param name the FIFO's name in its folder
   * @param witnesses the number of witnesses
   * @param instances how many of them are inotify instances; the others are fanotify
   */
  FifoTally(String name, int witnesses, int instances) {
    this.name = name;
    this.instances = instances;
    this.seen = new Seen[witnesses];
    for (int i = 0; i < witnesses; i++) {
      seen[i] = new Seen();
    }
  }

  String name() {
    return name;
  }

  /** Returns what to call when {@link #isAlarming} has become true. */
  Runnable alarm() {
    return alarm;
  }

  void onAlarm(Runnable alarm) {
    this.alarm = alarm;
  }

  /** Counts an event of a witness. */
  void note(int witness, FileEvents.Event event) {
    suspect |= !event.isInFolder() && event.has(FileEvents.ATTRIBUTES | FileEvents.MOVED);
    Seen its = seen[witness];
    int opens = event.has(FileEvents.OPENED) ? 1 : 0;
    int closes = event.has(FileEvents.CLOSED_READABLE | FileEvents.CLOSED_WRITABLE) ? 1 : 0;
    if (event.isInFolder()) {
      its.opensInFolder += opens;
      its.closesInFolder += closes;
    } else {
      its.opens += opens;
      its.closes += closes;
    }
  }

  /** Notes that a witness has lost events. */
  void lose(int witness) {
    seen[witness].lost = true;
    suspect = true;
  }

  /**
   * Notes that this service has opened its own end, and keeps it open.
   *
   * @param forget whether to forget the peers if all of them have closed it again
   */
  void openOwn(boolean forget) {
    own++;
    boolean allLeft = mostSeenByInotify().allLeft();
    for (int i = 0; i < seen.length; i++) {
      // fanotify merges the opens and closes of a process in any order
      boolean left = i < instances ? seen[i].allLeft() : allLeft;
      seen[i].forgotten = forget && left ? seen[i].opens() : 0;
    }
  }

  private Seen mostSeenByInotify() {
    return Arrays.stream(seen).limit(instances).max(comparingInt(Seen::opens)).orElseThrow();
  }

  /** Subtracts one open and one close, which were this service's own. */
  void takeBackOne() {
    for (Seen its : seen) {
      its.opens--;
      its.opensInFolder--;
      its.closes--;
      its.closesInFolder--;
    }
  }

  /** Notes that a peer is certainly there: if no open was seen, one is counted. */
  void settle() {
    unseen = peers() == 0 ? 1 : 0;
  }

  /**
   * Returns how many peers have opened it, or {@link #LOST}; 0 before this service has opened it.
   */
  int peers() {
    if (own == 0) {
      return 0;
    }
    int most = LOST;
    for (Seen its : seen) {
      if (!its.lost) {
        most = Math.max(most, Math.max(0, its.opens() - own - its.forgotten));
      }
    }
    return most == LOST ? LOST : most + unseen;
  }

  /**
   * Returns whether there is, or may be, more than one peer, or the FIFO may have lost its name.
   */
  boolean isAlarming() {
    int peers = peers();
    return suspect || (peers != 0 && peers != 1);
  }

  /** Returns whether the FIFO may have lost its name since the last call. */
  boolean takeSuspicion() {
    boolean suspected = suspect;
    suspect = false;
    return suspected;
  }
}
