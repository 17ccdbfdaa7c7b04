package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Inotify;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Who has opened one FIFO since it is watched, this service itself not counted. Readers that had
 * all closed it again before this service opened its end do not count, either; a writer may have
 * left bytes in it. Guarded by the {@link FifoWatch}.
 */
final class FifoPeers implements AutoCloseable {

  /** What one witness has seen, by the FIFO itself and by its folder. */
  private static final class Tally {
    private int opens;
    private int opensInFolder;
    private int closes;
    private int closesInFolder;
    private int forgotten;
    private boolean lost;

    private int opens() {
      return Math.max(opens, opensInFolder);
    }

    /** One open and its close were this service's own. */
    private void takeBack() {
      opens--;
      opensInFolder--;
      closes--;
      closesInFolder--;
    }

    private int closes() {
      return Math.max(closes, closesInFolder);
    }
  }

  private static final int LOST = -1;

  private final FifoWatch watch;
  private final String name;
  private final Tally[] tallies = new Tally[FifoWatch.WITNESSES];
  private Runnable alarm = () -> {};
  private int own;

  /** Never false again; read without the monitor, since it is asked whenever a pipe was full. */
  private volatile boolean settled;

  /** Peers that are there, and whose opening was not seen. */
  private int unseen;

  /** Whether the FIFO may have lost its name. */
  private boolean suspect;

  FifoPeers(FifoWatch watch, String name) {
    this.watch = watch;
    this.name = name;
    for (int i = 0; i < tallies.length; i++) {
      tallies[i] = new Tally();
    }
  }

  /** The FIFO's name in its folder. */
  String name() {
    return name;
  }

  /** Opens this service's own end. */
  interface Opening {
    @Nullable Descriptor open() throws ErrnoException;
  }

  /**
   * Opens this service's own end, which is not counted.
   *
   * @param forget whether those do not count who have all closed it again
   * @return what the opening returned; null means that it is not open
   */
  @Nullable Descriptor open(boolean forget, Opening opening) throws ErrnoException {
    synchronized (watch) {
      watch.readAll();
      Descriptor opened = opening.open();
      if (opened != null) {
        own++;
        for (Tally tally : tallies) {
          // Who closes it need not have been seen to open it; so nobody is told from the others.
          boolean allLeft = tally.closes() >= tally.opens();
          tally.forgotten = forget && allLeft ? tally.opens() : 0;
        }
      }
      return opened;
    }
  }

  /** Opens the FIFO for a moment, and looks. */
  interface Look {
    int look() throws ErrnoException;
  }

  /**
   * Lets this service open the FIFO and close it again, which is not counted.
   *
   * @return what it saw
   */
  int uncounted(Look look) throws ErrnoException {
    synchronized (watch) {
      watch.readAll();
      int seen = look.look();
      watch.readAll();
      for (Tally tally : tallies) {
        tally.takeBack();
      }
      return seen;
    }
  }

  /** A peer has taken bytes, so it has opened the FIFO: if that was not seen, it counts now. */
  void settle() {
    if (settled) {
      return;
    }
    synchronized (watch) {
      if (!settled) {
        settled = true;
        watch.readAll();
        unseen = count() == 0 ? 1 : 0;
      }
    }
  }

  /**
   * Calls this, on a thread of its own, when {@link #requireOne} may fail from now on, or the FIFO
   * may have lost its name.
   */
  void onAlarm(Runnable alarm) {
    synchronized (watch) {
      this.alarm = alarm;
    }
  }

  /**
   * Throws if more than one peer has opened it, or nobody can know.
   *
   * @throws IOException with what happened and what to do
   */
  void requireOne() throws IOException {
    synchronized (watch) {
      watch.readAll();
      int peers = count();
      if (peers > 1) {
        throw new IOException(
            ("the FIFO was opened by %d processes (expected: 1), so each may have only a part of"
                    + " the bytes; end those that are left from before, and begin again;")
                .formatted(peers));
      }
      if (peers == LOST) {
        throw new IOException(
            "Linux lost count of who opened the FIFO, so it may have been more than one process;"
                + " raise fs.inotify.max_queued_events;");
      }
    }
  }

  /** Whether the file may have lost its name since this was last asked. */
  boolean takeSuspicion() {
    synchronized (watch) {
      watch.readAll();
      boolean suspected = suspect;
      suspect = false;
      return suspected;
    }
  }

  /** How many there are, or {@link #LOST}. */
  private int count() {
    if (own == 0) {
      return 0;
    }
    int most = LOST;
    for (Tally tally : tallies) {
      if (!tally.lost) {
        most = Math.max(most, Math.max(0, tally.opens() - own - tally.forgotten));
      }
    }
    return most == LOST ? LOST : most + unseen;
  }

  void alarmIfNeeded() {
    Runnable call;
    synchronized (watch) {
      if (!suspect && (count() == 0 || count() == 1)) {
        return;
      }
      call = alarm;
    }
    call.run(); // not under the monitor: it may wait
  }

  /** A witness has seen something. */
  void note(int witness, Inotify.Event event) {
    suspect |= !event.isInFolder() && event.has(Inotify.ATTRIBUTES | Inotify.MOVED);
    Tally tally = tallies[witness];
    int opens = event.has(Inotify.OPENED) ? 1 : 0;
    int closes = event.has(Inotify.CLOSED_READABLE | Inotify.CLOSED_WRITABLE) ? 1 : 0;
    if (event.isInFolder()) {
      tally.opensInFolder += opens;
      tally.closesInFolder += closes;
    } else {
      tally.opens += opens;
      tally.closes += closes;
    }
  }

  /** A witness has lost events. */
  void lose(int witness) {
    tallies[witness].lost = true;
    suspect = true;
  }

  @Override
  public void close() {
    watch.unwatch(this);
  }
}
