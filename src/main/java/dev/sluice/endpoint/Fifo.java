package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A named pipe (fifo(7)), widened as far as Linux lets an ordinary user. */
final class Fifo extends Endpoint {

  /** The default of /proc/sys/fs/pipe-max-size. */
  private static final int CAPACITY = 1 << 20;

  private final Flow flow;

  /** Who opens it; null where they cannot be counted. */
  private final @Nullable FifoPeers peers;

  Fifo(Claim claim, Flow flow, @Nullable FifoPeers peers) {
    super(claim);
    this.flow = flow;
    this.peers = peers;
  }

  @Override
  public boolean isPipe() {
    return true;
  }

  @Override
  @Nullable Descriptor reach() throws IOException {
    try (Descriptor place = lookUp()) {
      return peers == null ? open(place) : peers.open(() -> open(place));
    }
  }

  @Override
  public void onAlarm(Runnable alarm) {
    if (peers != null) {
      peers.onAlarm(alarm);
    }
  }

  @Override
  public void requireOnePeer() throws IOException {
    if (peers != null) {
      peers.requireOne();
    }
  }

  @Override
  void unwatch() {
    if (peers != null) {
      peers.close();
    }
  }

  private @Nullable Descriptor open(Descriptor place) throws ErrnoException {
    try {
      int pipe = PosixFiles.openNonBlocking(place.number(), flow == Flow.TO_PEER);
      Posix.widenPipe(pipe, CAPACITY);
      return new Descriptor(pipe);
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENXIO) {
        return null; // nobody reads yet
      }
      throw e;
    }
  }

  @Override
  public int unread() throws ErrnoException {
    return Posix.unread(descriptor());
  }

  @Override
  void endOpen() {
    // Closing the only write end is what a FIFO's reader sees as end-of-file.
  }

  /** A peer that opened a FIFO and waits for its other end is let in for a moment, to the end. */
  @Override
  void releasePeers(Descriptor place) {
    try (Descriptor _ = open(place)) {
      // Once the name has gone nobody can come after this one.
    } catch (ErrnoException e) {
      // Permissions have changed since the claim; the peer cannot be helped.
    }
  }
}
