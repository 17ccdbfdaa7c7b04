package dev.sluice.endpoint;

import static java.util.Comparator.comparingInt;

import dev.sluice.posix.FileEvents;
import java.util.Arrays;

/**
 * How often one FIFO was opened since it is watched, as each witness has seen it. This service's
 * own opens are told apart. Guarded by the monitor of the {@link FifoWatch}, except for the name
 * and the alarm.
 */
final class FifoTally {

  /** What {@link #peers()} returns when no witness has seen everything. */
  static final int LOST = -1;

  /** What one witness has seen, by the FIFO itself and by its folder. */
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

    /** Who closes it need not have been seen to open it; so nobody is told from the others. */
    private boolean allLeft() {
      return closes() >= opens();
    }
  }

  private final String name;
  private final int instances;
  private final Seen[] seen;
  private volatile Runnable alarm = () -> {};
  private int own;

  /** Peers that are there, and whose opening was not seen. */
  private int unseen;

  /** Whether the FIFO may have lost its name. */
  private boolean suspect;

  /**
   * Nothing was seen yet.
   *
   * @param name the FIFO's name in its folder
   * @param instances how many instances of inotify see it; witnesses after these are of fanotify
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

  /** What is called when {@link #isAlarming} has become true. */
  Runnable alarm() {
    return alarm;
  }

  void onAlarm(Runnable alarm) {
    this.alarm = alarm;
  }

  /** A witness has seen something. */
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

  /** A witness has lost events. */
  void lose(int witness) {
    seen[witness].lost = true;
    suspect = true;
  }

  /**
   * This service has opened its own end, and keeps it open.
   *
   * @param forget whether peers do not count who have all closed it again
   */
  void openOwn(boolean forget) {
    own++;
    boolean allLeft = mostSeenByInotify().allLeft();
    for (int i = 0; i < seen.length; i++) {
      // fanotify joins the opens and closes of a process in any order
      boolean left = i < instances ? seen[i].allLeft() : allLeft;
      seen[i].forgotten = forget && left ? seen[i].opens() : 0;
    }
  }

  private Seen mostSeenByInotify() {
    return Arrays.stream(seen).limit(instances).max(comparingInt(Seen::opens)).orElseThrow();
  }

  /** One open that was seen, and its close, were this service's own. */
  void takeBackOne() {
    for (Seen its : seen) {
      its.opens--;
      its.opensInFolder--;
      its.closes--;
      its.closesInFolder--;
    }
  }

  /** A peer is there for certain: if its opening was not seen, it counts now. */
  void settle() {
    unseen = peers() == 0 ? 1 : 0;
  }

  /** How many peers have opened it, or {@link #LOST}; 0 before this service has. */
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

  /** Whether there is more than one peer, or may be, or the FIFO may have lost its name. */
  boolean isAlarming() {
    int peers = peers();
    return suspect || (peers != 0 && peers != 1);
  }

  /** Whether the FIFO may have lost its name since this was last asked. */
  boolean takeSuspicion() {
    boolean suspected = suspect;
    suspect = false;
    return suspected;
  }
}
