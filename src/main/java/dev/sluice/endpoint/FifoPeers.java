package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the processes that have opened one FIFO since the watch began, without this service.
 * Readers do not count if all of them had closed it before this service opened its end; writers do,
 * because they may have left bytes in it. Thread-safe.
 */
final class FifoPeers implements AutoCloseable {

  private final FifoWatch watch;
  private final FifoTally tally;

  /**
   * Once true, always true. Read without the monitor, because it is read whenever a pipe was full.
   */
  private volatile boolean settled;

  private FifoPeers(FifoWatch watch, FifoTally tally) {
    this.watch = watch;
    this.tally = tally;
  }

  /**
   * Starts counting the opens of a FIFO.
   *
   * @param folder the folder in which it has this name; null if that is not known
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
   * @param forget whether to forget the peers if all of them have closed it again
   * @return the result of the opening; null if it is not open
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

  /** Opens the FIFO for a moment, and inspects it. */
  interface Look {
    int look() throws ErrnoException;
  }

  /**
   * Lets this service open the FIFO and close it again without being counted.
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

  /**
   * Notes that a peer has moved bytes, and so must have opened the FIFO. If no open was seen, one
   * is counted now.
   */
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
   * Sets what to call, on the thread of the watch, when {@link #requireOne} may fail from now on,
   * or the FIFO may have lost its name.
   */
  void onAlarm(Runnable alarm) {
    tally.onAlarm(alarm);
  }

  /**
   * Fails if more than one peer has opened it, or that cannot be known.
   *
   * @throws IOException with what happened, and what to do
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

  /** Returns whether the file may have lost its name since the last call. */
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
