package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint, from its claim until it is closed. It is opened late, when the first byte has to
 * move. As long as it {@link #holdsFileOf} one, no other file can be taken for that.
 *
 * <p>An endpoint that is closed without an {@link #end} was aborted. A socket's peer can tell: what
 * it sends fails, and, if something that it sent was not taken, what it reads ends in ECONNRESET
 * instead of an end-of-file, once it has read what was there. A peer that only reads sends a byte
 * for that, once connected; Linux knows no other way. A pipe cannot tell its reader at all.
 *
 * <p>Not thread-safe except for {@link #descriptor()}, {@link #arrivalDescriptor()}, {@link
 * #requireOnePeer()} and {@link #holdsFileOf}: whoever owns the stream owns its endpoint.
 */
public abstract sealed class Endpoint implements AutoCloseable
    permits NamedEndpoint, InheritedPipe, InheritedSocket, InnerPipe, GoneEndpoint {

  /** Which way the bytes go. */
  public enum Flow {
    TO_PEER,
    FROM_PEER
  }

  private volatile @Nullable Descriptor open;
  private volatile boolean holdsFile = true;
  private boolean closed;

  /** Which file this is, whatever names lead to it. */
  public abstract FileStatus identity();

  /** The file that was made for it, which it removes at its end; null if none was. */
  public @Nullable FileStatus made() {
    return null;
  }

  /** What cannot be known of its peers, and what to do about it; null if nothing. */
  public @Nullable String caveat() {
    return null;
  }

  /** Whether its file is another one's, whatever names lead to it, and it is not closed yet. */
  public boolean holdsFileOf(Endpoint other) {
    return holdsFile && identity().equals(other.identity());
  }

  final boolean holdsFile() {
    return holdsFile;
  }

  /** Whether splice can move bytes into or out of it directly. */
  public abstract boolean isPipe();

  /** Whether it reads as ended before the peer has come, too. */
  public abstract boolean isEndedBeforePeer();

  /**
   * Tries to reach the peer, without waiting.
   *
   * @return whether the endpoint is open now
   * @throws IOException when it can never work: the file has gone or is another kind now
   */
  public final boolean tryOpen() throws IOException {
    if (open == null && !closed) {
      open = reach();
    }
    return descriptor() >= 0;
  }

  /**
   * What to poll for {@link dev.sluice.posix.PollSet#READABLE} to know when {@link #tryOpen} may
   * work; -1 once it is of no use, and where Linux has no event for it and one has to try again.
   */
  public int arrivalDescriptor() {
    return -1;
  }

  /** The open endpoint, non-blocking, or null while the peer is not there. */
  abstract @Nullable Descriptor reach() throws IOException;

  /** The open descriptor's number, or -1. Any thread may poll it for errors. */
  public final int descriptor() {
    Descriptor current = open;
    return current == null ? -1 : current.number();
  }

  /**
   * Calls this when {@link #requireOnePeer} may fail from now on; on a thread that belongs to all
   * endpoints.
   */
  public void onAlarm(Runnable alarm) {}

  /**
   * Throws if more than one process has, or had, the peer's end of a FIFO since the endpoint is
   * open: each may have a part of the bytes; if no peer can come any more, as the file has gone
   * before the endpoint was open; and if what came from the peer was cut off. Thread-safe.
   *
   * @throws IOException with what happened and what to do
   */
  public void requireOnePeer() throws IOException {}

  /** Takes note that the peer has taken or given bytes, so that it is there. Thread-safe. */
  public void noteMoved() {}

  /**
   * Throws if it is a FIFO that is to take a stream and holds bytes already. Once it is certain
   * that no other export uses the file, since this opens it for a moment.
   *
   * @throws RefusedEndpointException with how many bytes there are, and what to do
   */
  public void requireEmpty() throws RefusedEndpointException {}

  /** What has to happen for the peer to be there, in words. */
  public String arrival() {
    return isPipe() ? "a peer to open the FIFO" : "a peer to connect to the socket";
  }

  /** Nothing more is given to the peer, which has everything once {@link #unread} is zero. */
  public void noteLast() {}

  /** How much the peer has yet to read, in bytes or a little more; zero only when it is nothing. */
  public abstract int unread() throws ErrnoException;

  /**
   * Tells the peer that the stream is complete, before {@link #close}: it sees an end-of-file and
   * no reset. What it sent and nobody took is dropped. Does nothing to an endpoint that is not
   * open.
   *
   * @throws ErrnoException when the peer closed its end and left bytes unread
   */
  public final void end() throws ErrnoException {
    if (descriptor() >= 0) {
      endOpen();
    }
  }

  /** Does nothing where closing the only write end is what the reader sees as end-of-file. */
  void endOpen() throws ErrnoException {}

  /**
   * Closes the descriptor, and removes the file if {@link EndpointFactory} made it; a peer that
   * waits for that file's other end does so no longer. Idempotent.
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
    holdsFile = false; // before another file can have the inode
    closeFile();
  }

  /** Lets go of what it has besides its descriptors. */
  abstract void letGo();

  /** Removes its file if it was made. */
  void removeFile() {}

  /** From here on another file can have its inode. */
  abstract void closeFile();
}
