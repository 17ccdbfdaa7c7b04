package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint, from the claim of its path until it is closed. It is opened late, when the first
 * byte has to move, and each time its name is looked up again below its root: a peer may make its
 * socket anew in between. Until it is closed, no other file can have its {@link #identity()}.
 *
 * <p>Not thread-safe but for {@link #descriptor()}: whoever owns the stream owns its endpoint.
 */
public abstract sealed class Endpoint implements AutoCloseable permits Fifo, UnixSocket {

  /** Which way the bytes go. */
  public enum Flow {
    TO_PEER,
    FROM_PEER
  }

  private final EndpointRoots.Location location;
  private final Descriptor place;
  private final FileStatus identity;
  private final boolean made;
  private volatile @Nullable Descriptor open;
  private boolean closed;

  Endpoint(Claim claim) {
    this.location = claim.location;
    this.place = claim.place;
    this.identity = claim.identity;
    this.made = claim.made;
  }

  /**
   * The file that was found or made.
   *
   * @param place stands for the file and keeps its inode from being given to another one
   */
  record Claim(
      EndpointRoots.Location location, Descriptor place, FileStatus identity, boolean made) {}

  /** Which file this is, whatever names lead to it. */
  public FileStatus identity() {
    return identity;
  }

  /** Whether splice can move bytes into or out of it directly. */
  public abstract boolean isPipe();

  /**
   * Tries to reach the peer, without waiting; Linux has no event for "now it would work".
   *
   * @return whether the endpoint is open now
   * @throws IOException when it can never work: the file has gone or is another kind now
   */
  public final boolean tryOpen() throws IOException {
    if (open == null && !closed) {
      try (Descriptor found = location.openFile()) {
        FileStatus.Kind kind = PosixFiles.status(found.number()).kind();
        if (kind != identity.kind()) {
          throw new IOException("the endpoint's path is a " + kind + " now");
        }
        open = connect(found);
      }
    }
    return descriptor() >= 0;
  }

  /** The open endpoint, non-blocking, or null while the peer is not there. */
  abstract @Nullable Descriptor connect(Descriptor place) throws ErrnoException;

  /** The open descriptor's number, or -1. Any thread may poll it for errors. */
  public final int descriptor() {
    Descriptor current = open;
    return current == null ? -1 : current.number();
  }

  /** How much the peer has yet to read, in bytes or a little more; zero only when it is nothing. */
  public abstract int unread() throws ErrnoException;

  /** Tells the peer that this was the last byte, before {@link #close}. */
  public abstract void endOutput() throws ErrnoException;

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
    if (open != null) {
      open.close();
    }
    if (made) {
      remove();
      releasePeer();
    }
    place.close();
  }

  private void remove() {
    try (Descriptor folder = location.openFolder();
        Descriptor file = location.openFile()) {
      if (PosixFiles.status(file.number()).equals(identity)) {
        PosixFiles.remove(folder.number(), location.name());
      }
    } catch (ErrnoException e) {
      // Somebody else removed or replaced it: then it is not ours to remove.
    }
  }

  /** A peer that opened a FIFO and waits for its other end is let in for a moment, to the end. */
  private void releasePeer() {
    try (Descriptor _ = connect(place)) {
      // Once the name has gone nobody can come after this one.
    } catch (ErrnoException e) {
      // Permissions have changed since the claim; the peer cannot be helped.
    }
  }
}
