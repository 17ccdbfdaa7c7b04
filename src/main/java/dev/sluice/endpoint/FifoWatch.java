package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
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
 * folder, which keeps those apart that do not interleave, and in {@link #WITNESSES} instances, of
 * which the one that saw most is believed.
 *
 * <p>Its monitor guards all of it, and the tallies that it has made. Whoever reads a tally holds
 * the monitor, too, and reads what has happened first.
 */
final class FifoWatch implements AutoCloseable {

  /** How many instances of inotify watch the same FIFOs. */
  static final int WITNESSES = 4;

  private final List<FifoWitness> witnesses = new ArrayList<>();
  private final Set<FifoTally> changed = new LinkedHashSet<>();
  private final @Nullable WakeDescriptor end;
  private final @Nullable Thread thread;
  private final @Nullable String unavailable;
  private boolean closed;

  /** Begins to watch, where Linux permits it; see {@link #unavailable()}. */
  FifoWatch() {
    String reason = null;
    WakeDescriptor wake = null;
    try {
      for (int i = 0; i < WITNESSES; i++) {
        witnesses.add(new FifoWitness(i, new Inotify()));
      }
      wake = new WakeDescriptor();
    } catch (ErrnoException e) {
      reason = e.getMessage() + ", see fs.inotify.max_user_instances";
      witnesses.forEach(FifoWitness::close);
      witnesses.clear();
    }
    unavailable = reason;
    end = wake;
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
    FifoTally tally = new FifoTally(name, WITNESSES);
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

  /** Takes in everything that has happened up to now. Under the monitor. */
  void readAll() {
    try {
      for (FifoWitness witness : witnesses) {
        witness.read(changed::add);
      }
    } catch (ErrnoException e) {
      throw new IllegalStateException("inotify cannot be read", e);
    }
  }

  private void watchUntilEnd() {
    try (PollSet poll = new PollSet(WITNESSES + 1)) {
      while (true) {
        watchAll(poll);
        poll.await(-1);
        List<Runnable> alarms;
        synchronized (this) {
          if (closed) {
            return;
          }
          readAll();
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
    poll.set(i, end == null ? -1 : end.number(), PollSet.READABLE);
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
    if (end == null || thread == null) {
      return;
    }
    end.signal();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    end.close();
    synchronized (this) {
      witnesses.forEach(FifoWitness::close);
      witnesses.clear();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
