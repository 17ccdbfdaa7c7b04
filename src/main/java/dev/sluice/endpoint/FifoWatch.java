package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Fanotify;
import dev.sluice.posix.Inotify;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.WakeDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows who opens FIFOs, in whatever container. A thread of its own reads what Linux tells of them;
 * and whoever needs to know now has it read at once.
 *
 * <p>Linux joins equal events that follow each other unread, and two readers that wait for a writer
 * are let in within the same microsecond. So each open is told twice, by the FIFO and by its
 * folder, which keeps those apart that do not interleave, in {@link #INSTANCES} instances of
 * inotify, and by fanotify, which joins none of two processes, where Linux permits it. The one that
 * saw most is believed.
 *
 * <p>Its monitor guards all of it, and the tallies that it has made. Whoever reads a tally holds
 * the monitor, too, and reads what has happened first.
 */
final class FifoWatch implements AutoCloseable {

  /** How many instances of inotify watch the same FIFOs. */
  private static final int INSTANCES = 4;

  private final List<FifoWitness> witnesses = new ArrayList<>();
  private final Set<FifoTally> changed = new LinkedHashSet<>();
  private final @Nullable WakeDescriptor wake;
  private final @Nullable Thread thread;
  private final @Nullable String unavailable;
  private boolean closed;

  /** Begins to watch, where Linux permits it; see {@link #unavailable()}. */
  FifoWatch() {
    String reason = null;
    WakeDescriptor made = null;
    try {
      for (int i = 0; i < INSTANCES; i++) {
        witnesses.add(new FifoWitness(i, new Inotify()));
      }
      made = new WakeDescriptor();
      Fanotify exact = Fanotify.ifPermitted();
      if (exact != null) {
        witnesses.add(new FifoWitness(INSTANCES, exact));
      }
    } catch (ErrnoException e) {
      reason = e.getMessage() + ", see fs.inotify.max_user_instances";
      witnesses.forEach(FifoWitness::close);
      witnesses.clear();
    }
    unavailable = reason;
    wake = made;
    thread =
        reason == null
            ? Thread.ofPlatform().daemon().name("fifo-watch").start(this::watchUntilEnd)
            : null;
  }

  /** Why nobody who opens a FIFO can be counted; null if they can. */
  @Nullable String unavailable() {
    return unavailable;
  }

  /**
   * Counts who opens a FIFO from now on.
   *
   * @param folder where it has this name; null if it is not known
   * @throws ErrnoException EACCES without permission to read it; ENOSPC where there are as many
   *     watches as there may be
   */
  synchronized FifoTally add(Descriptor fifo, @Nullable Descriptor folder, String name)
      throws ErrnoException {
    readAll(); // fanotify does not tell what came before from what comes
    FifoTally tally = new FifoTally(name, witnesses.size(), INSTANCES);
    boolean watched = false;
    try {
      for (FifoWitness witness : witnesses) {
        witness.add(tally, fifo, folder);
      }
      watched = true;
    } finally {
      if (!watched) {
        remove(tally);
      }
    }
    return tally;
  }

  synchronized void remove(FifoTally tally) {
    for (FifoWitness witness : witnesses) {
      witness.remove(tally);
    }
    changed.remove(tally);
  }

  /**
   * Takes in everything that has happened up to now. Under the monitor. The thread may find nothing
   * left to read then, and has to be told that there may be an alarm.
   */
  void readAll() {
    takeIn();
    if (wake != null && !changed.isEmpty()) {
      wake.signal();
    }
  }

  private void takeIn() {
    try {
      for (FifoWitness witness : witnesses) {
        witness.read(changed::add);
      }
    } catch (ErrnoException e) {
      throw new IllegalStateException("inotify cannot be read", e);
    }
  }

  private void watchUntilEnd() {
    try (PollSet poll = new PollSet(INSTANCES + 2)) {
      while (true) {
        watchAll(poll);
        poll.await(-1);
        resetWake();
        List<Runnable> alarms;
        synchronized (this) {
          if (closed) {
            return;
          }
          takeIn();
          alarms = changed.stream().filter(FifoTally::isAlarming).map(FifoTally::alarm).toList();
          changed.clear();
        }
        alarms.forEach(Runnable::run); // not under the monitor: they may wait
      }
    } catch (IOException e) {
      throw new IllegalStateException("inotify cannot be waited for", e);
    }
  }

  private synchronized void watchAll(PollSet poll) {
    int i = 0;
    for (FifoWitness witness : witnesses) {
      poll.set(i++, witness.number(), PollSet.READABLE);
    }
    poll.set(i, wake == null ? -1 : wake.number(), PollSet.READABLE);
  }

  private void resetWake() throws ErrnoException {
    if (wake != null) {
      wake.reset();
    }
  }

  /** Ends the thread. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (wake == null || thread == null) {
      return;
    }
    wake.signal();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    synchronized (this) {
      wake.close();
      witnesses.forEach(FifoWitness::close);
      witnesses.clear();
      changed.clear();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
