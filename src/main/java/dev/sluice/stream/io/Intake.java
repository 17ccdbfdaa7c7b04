package dev.sluice.stream.io;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.BrokenStreamException;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.core.TimedOutException;
import dev.sluice.stream.window.Recent;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Takes a read stream's bytes from the peer. They are taken before a reply promises them to a
 * client, so that a reply's header promises as little as possible that the endpoint then fails to
 * give. Guarded by the request lock.
 */
public final class Intake implements AutoCloseable {

  private final Endpoint endpoint;
  private final StreamCore core;
  private final TakenInput taken;
  private boolean started;
  private boolean atEnd;

  /**
   * Creates the intake of a stream, and takes over the endpoint.
   *
   * @param recent is given the bytes that are passed on
   * @param memory for what the private pipe cannot hold
   */
  public Intake(Endpoint endpoint, StreamCore core, Recent recent, WindowMemory.Account memory) {
    this.endpoint = endpoint;
    this.core = core;
    this.taken = new TakenInput(core, recent, memory);
  }

  /** Returns what was taken and not passed on yet. */
  public TakenInput taken() {
    return taken;
  }

  /** Returns whether the endpoint is open. Any thread. */
  public boolean isOpen() {
    return endpoint.descriptor() >= 0;
  }

  /** Returns whether the input has ended. What is taken then is the last of it. */
  public boolean isAtEnd() {
    return atEnd;
  }

  /**
   * Takes input until this many bytes are available, the pipe is full, or the input has ended. At
   * least one byte is available then, unless the input has ended.
   */
  public void take(Worker worker, long count) throws IOException {
    if (taken.available() < count && !atEnd) {
      take(
          worker,
          count,
          () -> taken.isFull(worker) ? 0 : fillPipe(worker, count - taken.available()));
    }
  }

  /**
   * Takes input until this many bytes are available, or the input has ended.
   *
   * @param pocket has at least {@link TakenInput#memoryFor} these bytes
   */
  public void takeAll(Worker worker, long count, WindowMemory.Pocket pocket) throws IOException {
    try {
      take(worker, count, () -> readMore(worker, pocket, count - taken.available()));
    } finally {
      taken.overflow().freeIfEmpty();
    }
  }

  private interface Step {
    long take() throws IOException;
  }

  /** Takes input in steps, until one returns 0 because there can be no further step. */
  private void take(Worker worker, long count, Step step) throws IOException {
    Deadline deadline = open(worker);
    while (taken.available() < count && !atEnd) {
      long n = step.take();
      if (n == 0) {
        return;
      }
      if (n == Posix.WOULD_BLOCK) {
        worker
            .waiter()
            .awaitEndpoint(WaitCause.PEER, endpoint.descriptor(), PollSet.READABLE, deadline);
      } else {
        deadline = core.idle();
        deadline.restart();
        started = true;
        endpoint.noteMoved();
      }
    }
  }

  /** Takes input into the pipe, which must not be full. Returns as {@link #input} does. */
  private long fillPipe(Worker worker, long most) throws IOException {
    // splice could pass on the peer's own pages, which the peer can still change.
    return core.settings().copy() || taken.pipe().wantsCopies()
        ? copyIntoPipe(worker, most)
        : splice(worker, most);
  }

  private long splice(Worker worker, long most) throws IOException {
    long n =
        input(worker, () -> Posix.splice(endpoint.descriptor(), taken.pipe().writeEnd(), most));
    if (n > 0) {
      taken.pipe().spliced(n, most);
    }
    return n;
  }

  private long copyIntoPipe(Worker worker, long most) throws IOException {
    MemorySegment scratch = worker.scratch();
    MemorySegment part =
        scratch.asSlice(0, Math.min(Math.min(most, taken.pipe().room()), scratch.byteSize()));
    long n = input(worker, () -> Posix.read(endpoint.descriptor(), part));
    if (n > 0) {
      taken.pipe().copy(part.asSlice(0, n), most);
    }
    return n;
  }

  private long readMore(Worker worker, WindowMemory.Pocket pocket, long most) throws IOException {
    MemorySegment into = taken.overflow().room(pocket, most);
    long n = input(worker, () -> Posix.read(endpoint.descriptor(), into));
    taken.overflow().added(Math.max(0, n));
    return n;
  }

  /**
   * Returns whether the input continues. If so, this has taken and dropped a byte. If not, {@link
   * #isAtEnd} tells whether the input has ended, or the peer has done nothing in time.
   *
   * @param patience how long to wait for the peer; zero means one check without a wait
   */
  public boolean goesOn(Worker worker, Duration patience) throws IOException {
    Deadline deadline = new Deadline("the input did not end", patience);
    MemorySegment dropped = worker.scratch().asSlice(0, 1);
    long n = 0;
    while (!atEnd && n <= 0) {
      n = input(worker, () -> Posix.read(endpoint.descriptor(), dropped));
      if (n == Posix.WOULD_BLOCK && (patience.isZero() || !awaitInput(worker, deadline))) {
        return false;
      }
    }
    return !atEnd;
  }

  private boolean awaitInput(Worker worker, Deadline deadline) throws IOException {
    try {
      worker
          .waiter()
          .awaitEndpoint(WaitCause.PEER, endpoint.descriptor(), PollSet.READABLE, deadline);
      return true;
    } catch (TimedOutException tooLong) {
      return false;
    }
  }

  @Override
  public void close() {
    endpoint.close();
    taken.close();
  }

  /** Opens the endpoint unless it is open. Returns the deadline for the next input. */
  private Deadline open(Worker worker) throws IOException {
    if (started) {
      return core.idle();
    }
    Deadline deadline = new Deadline("no peer gave any input", core.settings().timeouts().peer());
    worker.waiter().awaitPeer(endpoint, deadline);
    return deadline;
  }

  private interface Input {
    long take() throws ErrnoException;
  }

  /** Takes some input. Returns the count, 0 if the input has just ended, or would-block. */
  private long input(Worker worker, Input input) throws IOException {
    long n;
    try {
      if (!core.hasBegun() && !isReady(worker)) {
        return Posix.WOULD_BLOCK;
      }
      n = input.take();
    } catch (ErrnoException e) {
      if (BrokenStreamException.isByPeer(e)) {
        throw new BrokenStreamException("the peer's end broke (" + e.getMessage() + ")");
      }
      throw e;
    }
    if (n != 0) {
      return n;
    }
    // A FIFO reads as ended before its first writer comes, too. Only then does poll report no
    // hang-up.
    int events = worker.waiter().eventsNow(endpoint.descriptor(), PollSet.READABLE);
    if (endpoint.isEndedBeforePeer() && events != PollSet.HANGUP) {
      return Posix.WOULD_BLOCK;
    }
    atEnd = true;
    return 0;
  }

  /** Returns whether there is input, or its end. The stream begins by that. */
  private boolean isReady(Worker worker) throws IOException {
    if (worker.waiter().eventsNow(endpoint.descriptor(), PollSet.READABLE) == 0) {
      return false;
    }
    core.begin();
    return true;
  }
}
