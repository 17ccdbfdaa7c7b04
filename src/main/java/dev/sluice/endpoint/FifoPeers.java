package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Who has opened one FIFO since it is watched, this service itself not counted. Readers that had
 * all closed it again before this service opened its end do not count, either; a writer may have
 * left bytes in it. Thread-safe.
 */
final class FifoPeers implements AutoCloseable {

  private final FifoWatch watch;
  private final FifoTally tally;

  /** Never false again; read without the monitor, since it is asked whenever a pipe was full. */
  private volatile boolean settled;

  private FifoPeers(FifoWatch watch, FifoTally tally) {
    this.watch = watch;
    this.tally = tally;
  }

  /**
   * Counts who opens a FIFO from now on.
   *
   * @param folder where it has this name; null if it is not known
   * @throws ErrnoException as {@link FifoWatch#add} says
   */
  static FifoPeers of(FifoWatch watch, Descriptor fifo, @Nullable Descriptor folder, String name)
      throws ErrnoException {
    return new FifoPeers(watch, watch.add(fifo, folder, name));
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
        tally.openOwn(forget);
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
      tally.takeBackOne();
      return seen;
    }
  }

  /** A peer has moved bytes, so it has opened the FIFO: if that was not seen, it counts now. */
  void settle() {
    if (settled) {
      return;
    }
    synchronized (watch) {
      if (!settled) {
        settled = true;
        watch.readAll();
        tally.settle();
      }
    }
  }

  /**
   * Calls this, on a thread of its own, when {@link #requireOne} may fail from now on, or the FIFO
   * may have lost its name.
   */
  void onAlarm(Runnable alarm) {
    tally.onAlarm(alarm);
  }

  /**
   * Throws if more than one peer has opened it, or nobody can know.
   *
   * @throws IOException with what happened and what to do
   */
  void requireOne() throws IOException {
    int peers;
    synchronized (watch) {
      watch.readAll();
      peers = tally.peers();
    }
    if (peers > 1) {
      throw new IOException(
          ("the FIFO was opened by %d processes (expected: 1), so each may have only a part of"
                  + " the bytes; end those that are left from before, and begin again;")
              .formatted(peers));
    }
    if (peers == FifoTally.LOST) {
      throw new IOException(
          "Linux lost count of who opened the FIFO, so it may have been more than one process;"
              + " raise fs.inotify.max_queued_events;");
    }
  }

  /** Whether the file may have lost its name since this was last asked. */
  boolean takeSuspicion() {
    synchronized (watch) {
      watch.readAll();
      return tally.takeSuspicion();
    }
  }

  @Override
  public void close() {
    watch.remove(tally);
  }
}
