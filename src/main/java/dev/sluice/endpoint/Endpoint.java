package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint, from its claim until it is closed. It is opened late, when the first byte has to
 * move. As long as it {@link #holdsFileOf} a file, no other file can be mistaken for that.
 *
 * <p>An endpoint that is closed without an {@link #end} was aborted. The peer of a socket can tell:
 * what it sends fails. If something that it sent was not read, its input ends with ECONNRESET
 * instead of an end-of-file, after the data that was there. So a peer that only reads has to send
 * one byte, once connected, to be able to tell; Linux knows no other way. The reader of a pipe
 * cannot tell at all.
 *
 * <p>The owner of the stream owns the endpoint. Not thread-safe, except for {@link #descriptor()},
 * {@link #arrivalDescriptor()}, {@link #requireOnePeer()} and {@link #holdsFileOf}.
 */
public abstract sealed class Endpoint implements AutoCloseable
    permits NamedEndpoint, InheritedPipe, InheritedSocket, InnerPipe, GoneEndpoint {

  /** The direction of the bytes. */
  public enum Flow {
    TO_PEER,
    FROM_PEER
  }

  private volatile @Nullable Descriptor open;
  private volatile boolean holdsFile = true;
  private boolean closed;

  /** Returns the identity of its file, whatever names lead to it. */
  public abstract FileStatus identity();

  /**
   * Returns the file that was made for it, which it removes when it is closed; null if none was.
   */
  public @Nullable FileStatus made() {
    return null;
  }

  /** Returns what cannot be known about its peers, and what to do about it; null if nothing. */
  public @Nullable String caveat() {
    return null;
  }

  /**
   * Returns whether it has the same file as another endpoint, whatever names lead to it, and is not
   * closed yet.
   */
  public boolean holdsFileOf(Endpoint other) {
    return holdsFile && identity().equals(other.identity());
  }

  final boolean holdsFile() {
    return holdsFile;
  }

  /** Returns whether splice can move bytes into or out of it directly. */
  public abstract boolean isPipe();

  /** Returns whether reading it before the peer has come looks like the end of input. */
  public abstract boolean isEndedBeforePeer();

  /**
   * Tries to open the endpoint, without blocking.
   *
   * @return whether it is open now
   * @throws IOException if it can never be opened: the file is gone, or is of another kind now
   */
  public final boolean tryOpen() throws IOException {
    if (open == null && !closed) {
      open = reach();
    }
    return descriptor() >= 0;
  }

  /**
   * Returns the descriptor to poll for {@link dev.sluice.posix.PollSet#READABLE}, which tells when
   * {@link #tryOpen} may succeed; -1 once it is of no use, or if Linux has no event for it and the
   * caller has to retry.
   */
  public int arrivalDescriptor() {
    return -1;
  }

  /** Opens the endpoint, non-blocking; returns null while the peer is not there. */
  abstract @Nullable Descriptor reach() throws IOException;

  /** Returns the number of the open descriptor, or -1. Any thread may poll it for errors. */
  public final int descriptor() {
    Descriptor current = open;
    return current == null ? -1 : current.number();
  }

  /**
   * Sets what to call when {@link #requireOnePeer} may fail from now on. A thread other than the
   * stream's calls it.
   */
  public void onAlarm(Runnable alarm) {}

  /**
   * Fails if the stream can no longer be whole: more than one process has, or had, the peer's end
   * of a FIFO since the endpoint was opened, so each may have a part of the bytes; or the file was
   * gone before the endpoint was opened, so no peer can come; or the input of the peer was cut off.
   * Thread-safe.
   *
   * @throws IOException with what happened, and what to do
   */
  public void requireOnePeer() throws IOException {}

  /**
   * Notes that the peer has read or written bytes, so that it is known to be there. Thread-safe.
   */
  public void noteMoved() {}

  /**
   * Fails if it is a FIFO for output that holds bytes already. Call this when it is certain that no
   * other export uses the file, because this opens it for a moment.
   *
   * @throws RefusedEndpointException with the number of bytes, and what to do
   */
  public void requireEmpty() throws RefusedEndpointException {}

  /** Returns what has to happen for the peer to be there, in words. */
  public String arrival() {
    return isPipe() ? "a peer to open the FIFO" : "a peer to connect to the socket";
  }

  /**
   * Notes that nothing more will be sent to the peer, which has everything once {@link #unread} is
   * zero.
   */
  public void noteLast() {}

  /**
   * Returns how much the peer has not read yet, in bytes or a little more; zero only if it has read
   * everything.
   */
  public abstract int unread() throws ErrnoException;

  /**
   * Tells the peer that the stream is complete: it sees an end-of-file, and no reset. Call this
   * before {@link #close}. What the peer sent and nobody read is dropped. Does nothing if the
   * endpoint is not open.
   *
   * @throws ErrnoException if the peer closed its end and left bytes unread
   */
  public final void end() throws ErrnoException {
    if (descriptor() >= 0) {
      endOpen();
    }
  }

  /**
   * Ends the open endpoint. Does nothing if the reader sees an end-of-file when the only write end
   * is closed.
   */
  void endOpen() throws ErrnoException {}

  /**
   * Closes the descriptor, and removes the file if {@link EndpointFactory} made it. Peers that wait
   * for the other end of that file stop waiting. Idempotent.
   */
  @Override
  public final void close() {
    if (closed) {
      return;
    }
    closed = true;
    letGo();
    if (open != null) {
      open.close();
    }
    removeFile();
    holdsFile = false; // before another file can get the inode
    closeFile();
  }

  /** Releases what it has besides its descriptors. */
  abstract void letGo();

  /** Removes its file if it was made for it. */
  void removeFile() {}

  /** Closes its file. From then on, another file can get the inode. */
  abstract void closeFile();
}
