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
 * A pipe of this process for a peer that is somewhere else. Some thread carries the bytes between
 * that peer and the {@link FarEnd}, which it has as long as the peer is there. One peer has it at a
 * time, and only one once the stream has opened the pipe.
 *
 * <p>That the pipe is empty says nothing of such a peer. So {@link #unread} is not zero before
 * whoever carries the bytes has said that the peer has all of them.
 */
public final class InnerPipe extends Endpoint {

  private final Flow flow;
  private final Descriptor own;
  private final Descriptor far;
  private final FileStatus identity;
  private final Receipt receipt = new Receipt();
  private long widened;

  /** Whoever has the far end; guarded by this, as all below it. */
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

  /** A pipe that no peer has come to. */
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

  /** What whoever carries the bytes of one peer has, until it is closed. Thread-safe. */
  public final class FarEnd implements AutoCloseable {

    private FarEnd() {}

    /** The descriptor, which does not block; to be used by whoever closes this. */
    public int number() {
      return far.number();
    }

    /**
     * Waits until the stream has opened the pipe, or has ended, but not longer than this.
     *
     * @return whether it is open, or has been
     */
    public boolean awaitOpen(long millis) throws InterruptedException {
      synchronized (InnerPipe.this) {
        if (!opened && !ended) {
          InnerPipe.this.wait(millis);
        }
        return opened;
      }
    }

    /** Whether the stream has ended, in whatever way. */
    public boolean isOver() {
      synchronized (InnerPipe.this) {
        return ended;
      }
    }

    /** What the peer has. */
    public Receipt receipt() {
      return receipt;
    }

    /**
     * What comes from the peer is not all that was to come, so that the end of the pipe is no end
     * of the input. Nothing has come before it is open.
     *
     * @param reason in words
     * @return whether it was open, so that the stream ends by that
     */
    public boolean breakOff(String reason) {
      return InnerPipe.this.breakOff(reason);
    }

    /** The peer has gone, or has put everything. If the pipe was not open, another one can come. */
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

  /** What the peer has. */
  public Receipt receipt() {
    return receipt;
  }

  /**
   * The peer says that it has everything. If it has not what was sent, that is the end of the
   * stream.
   *
   * @param count so many bytes, by its own account
   * @param total so many were sent
   * @return false if not everything was sent that there is, or the stream has ended
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

  /** The far end for a peer that has come; empty while another one has it, or had it. */
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
