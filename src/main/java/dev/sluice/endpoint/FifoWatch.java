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
 * Watches who opens FIFOs, in any container. It has a thread that reads the events of Linux. A
 * caller that needs the present state reads them itself first.
 *
 * <p>Linux merges equal events that follow each other unread, and two readers that wait for a
 * writer are released within the same microsecond. So each open is reported several times: in
 * {@link #INSTANCES} inotify instances, by the watch of the FIFO and by that of its folder, which
 * keeps apart opens that do not interleave; and by fanotify, which never merges those of two
 * processes, if Linux permits it. The witness that has seen the most opens is believed.
 *
 * <p>Its monitor guards its state and that of its tallies. A caller that reads a tally holds the
 * monitor, and reads the pending events first.
 */
final class FifoWatch implements AutoCloseable {

  /** The number of inotify instances that watch the same FIFOs. */
  private static final int INSTANCES = 4;

  private final List<FifoWitness> witnesses = new ArrayList<>();
  private final Set<FifoTally> changed = new LinkedHashSet<>();
  private final @Nullable WakeDescriptor wake;
  private final @Nullable Thread thread;
  private final @Nullable String unavailable;
  private boolean closed;

  /** Starts watching if Linux permits it; see {@link #unavailable()}. */
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

  /** Returns why opens cannot be counted; null if they can. */
  @Nullable String unavailable() {
    return unavailable;
  }

  /**
   * Starts counting the opens of a FIFO.
   *
   * @param folder the folder in which it has this name; null if that is not known
   * @throws ErrnoException EACCES without permission to read it; ENOSPC if there are too many
   *     watches
   */
  synchronized FifoTally add(Descriptor fifo, @Nullable Descriptor folder, String name)
      throws ErrnoException {
    readAll(); // fanotify does not separate earlier events from later ones
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
   * Processes all events up to now. The caller holds the monitor. Wakes the thread if there may be
   * an alarm, because the thread may find nothing left to read.
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
        alarms.forEach(Runnable::run); // without the monitor, because they may block
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

  /** Ends the thread, and closes the witnesses. Idempotent. */
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
