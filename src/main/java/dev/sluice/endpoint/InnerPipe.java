package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PipeMemory;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pipe within this process, for a peer elsewhere. A thread carries the bytes between that peer
 * and the {@link FarEnd}, which it has as long as the peer is there. One peer can have it at a
 * time, and only one in all once the stream has opened the pipe.
 *
 * <p>An empty pipe does not mean that such a peer has everything. So {@link #unread} is not zero
 * before the carrier has reported that the peer has all bytes.
 */
public final class InnerPipe extends Endpoint {

  private final Flow flow;
  private final Descriptor own;
  private final Descriptor far;
  private final FileStatus identity;
  private final Receipt receipt = new Receipt();
  private long widened;

  /** The current holder of the far end. Guarded by this, as all fields below. */
  private @Nullable FarEnd holder;

  private boolean opened;
  private boolean ended;
  private @Nullable String broken;
  private @Nullable Runnable alarm;

  private InnerPipe(Flow flow, Descriptor own, Descriptor far, FileStatus identity) {
    this.flow = flow;
    this.own = own;
    this.far = far;
    this.identity = identity;
  }

  /** Creates a pipe without a peer. */
  public static InnerPipe make(Flow flow) throws ErrnoException {
    Posix.Pipe pipe = Posix.pipe();
    Descriptor readEnd = new Descriptor(pipe.readEnd());
    Descriptor writeEnd = new Descriptor(pipe.writeEnd());
    boolean made = false;
    try {
      boolean toPeer = flow == Flow.TO_PEER;
      InnerPipe inner =
          new InnerPipe(
              flow,
              toPeer ? writeEnd : readEnd,
              toPeer ? readEnd : writeEnd,
              PosixFiles.status(readEnd.number()));
      made = true;
      return inner;
    } finally {
      if (!made) {
        readEnd.close();
        writeEnd.close();
      }
    }
  }

  /** The far end of the pipe, for the thread that carries the bytes of one peer. Thread-safe. */
  public final class FarEnd implements AutoCloseable {

    private FarEnd() {}

    /** Returns the non-blocking descriptor. Only the thread that closes this may use it. */
    public int number() {
      return far.number();
    }

    /**
     * Waits until the stream has opened the pipe or has ended, up to a limit. It may return early.
     *
     * @return whether the pipe is, or was, open
     */
    public boolean awaitOpen(long millis) throws InterruptedException {
      synchronized (InnerPipe.this) {
        if (!opened && !ended) {
          InnerPipe.this.wait(millis);
        }
        return opened;
      }
    }

    /** Returns whether the stream has ended, successfully or not. */
    public boolean isOver() {
      synchronized (InnerPipe.this) {
        return ended;
      }
    }

    /** Returns the receipt, which says what the peer has. */
    public Receipt receipt() {
      return receipt;
    }

    /**
     * Reports that the input of the peer is incomplete, so that the end of the pipe is not the end
     * of the input. Does nothing before the pipe is open, because no input has come then.
     *
     * @param reason the reason, in words
     * @return whether the pipe was open, so that this ends the stream
     */
    public boolean breakOff(String reason) {
      return InnerPipe.this.breakOff(reason);
    }

    /** Releases the far end. If the pipe was not open, another peer can come. */
    @Override
    public void close() {
      synchronized (InnerPipe.this) {
        if (holder == this) {
          holder = null;
          if (opened || ended) {
            far.close();
          }
        }
      }
    }
  }

  private boolean breakOff(String reason) {
    Runnable told;
    synchronized (this) {
      if (!opened) {
        return false;
      }
      broken = reason;
      told = alarm;
    }
    if (told != null) {
      told.run();
    }
    return true;
  }

  /** Returns the receipt, which says what the peer has. */
  public Receipt receipt() {
    return receipt;
  }

  /**
   * Handles the peer's confirmation. If the peer does not have what was sent, that ends the stream.
   *
   * @param count bytes that the peer has, by its own account
   * @param total bytes that were sent
   * @return false if nothing can be confirmed now: not everything was sent, or the stream has ended
   */
  public boolean confirm(long count, long total) {
    if (!receipt.confirm(count == total)) {
      return false;
    }
    if (count != total) {
      breakOff("the peer has confirmed %d bytes, and was sent %d".formatted(count, total));
    }
    return true;
  }

  /** Returns the far end for a new peer; empty if another peer has it, or had it. */
  public synchronized Optional<FarEnd> meet() {
    if (holder != null || opened || ended) {
      return Optional.empty();
    }
    holder = new FarEnd();
    return Optional.of(holder);
  }

  @Override
  public synchronized void onAlarm(Runnable told) {
    alarm = told;
  }

  @Override
  public synchronized void requireOnePeer() throws IOException {
    if (broken != null) {
      throw new IOException(broken);
    }
  }

  @Override
  public FileStatus identity() {
    return identity;
  }

  @Override
  public boolean isPipe() {
    return true;
  }

  @Override
  public boolean isEndedBeforePeer() {
    return false;
  }

  @Override
  public String arrival() {
    return flow == Flow.TO_PEER ? "a peer to get the data" : "a peer to put the data";
  }

  @Override
  synchronized @Nullable Descriptor reach() throws ErrnoException {
    if (holder == null) {
      return null;
    }
    widened = PipeMemory.SHARED.widen(own.number());
    opened = true;
    notifyAll();
    return own;
  }

  @Override
  public void noteLast() {
    receipt.noteLast();
  }

  @Override
  public synchronized int unread() throws ErrnoException {
    int inPipe = Posix.unread(own.number());
    return flow == Flow.FROM_PEER ? inPipe : receipt.missing(inPipe);
  }

  @Override
  synchronized void letGo() {
    PipeMemory.SHARED.giveBack(widened);
    widened = 0;
    ended = true;
    notifyAll();
    receipt.end();
  }

  @Override
  synchronized void closeFile() {
    own.close();
    if (holder == null) {
      far.close();
    }
  }
}
