package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePermissions;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import dev.sluice.posix.UnixSockets;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A Unix stream socket that this service makes, and to which one peer connects. Peers that come
 * later, or wait behind that one, get an error.
 */
final class ListeningSocket extends UnixSocket {

  /** Large enough that peers which came too early and are gone do not keep the right one out. */
  private static final int BACKLOG = 16;

  private final Descriptor listener;
  private final Flow flow;
  private final OwnSockets own;

  private ListeningSocket(EndpointFile file, Descriptor listener, Flow flow, OwnSockets own) {
    super(file);
    this.own = own;
    this.listener = listener;
    this.flow = flow;
  }

  /**
   * Makes a socket to which a peer can connect at once.
   *
   * @param permissions the permissions of its file; a peer needs to write it to connect
   * @param own registers it until it is closed
   * @throws ErrnoException EADDRINUSE or EEXIST if the name exists; nothing is left behind
   */
  static ListeningSocket make(
      EndpointRoots.Location location, FilePermissions permissions, Flow flow, OwnSockets own)
      throws ErrnoException {
    Descriptor socket = new Descriptor(UnixSockets.create());
    ListeningSocket endpoint = null;
    boolean listening = false;
    try {
      endpoint = new ListeningSocket(bind(socket, location, permissions), socket, flow, own);
      own.add(endpoint.file().identity());
      UnixSockets.listen(socket.number(), BACKLOG);
      listening = true;
      return endpoint;
    } finally {
      if (!listening && endpoint != null) {
        endpoint.close();
      } else if (!listening) {
        socket.close();
      }
    }
  }

  private static EndpointFile bind(
      Descriptor socket, EndpointRoots.Location location, FilePermissions permissions)
      throws ErrnoException {
    Descriptor folder = location.openFolder();
    boolean bound = false;
    try {
      Descriptor handle =
          new Descriptor(
              UnixSockets.bind(socket.number(), folder.number(), location.name(), permissions));
      bound = true;
      return new EndpointFile(location, folder, handle, true, FolderLocks.Hold.NONE);
    } finally {
      if (!bound) {
        folder.close();
      }
    }
  }

  @Override
  public int arrivalDescriptor() {
    return listener.number();
  }

  @Override
  @Nullable Descriptor reach() throws IOException {
    while (true) {
      int accepted = UnixSockets.accept(listener.number());
      if (accepted == Posix.WOULD_BLOCK) {
        requireInPlace();
        return null;
      }
      Descriptor peer = new Descriptor(accepted);
      boolean taken = false;
      try {
        taken = canServe(peer);
      } finally {
        (taken ? listener : peer).close();
      }
      if (taken) {
        return peer;
      }
    }
  }

  /**
   * Returns whether a peer can be served. A peer that is gone may have sent its whole input, but
   * takes no output.
   */
  private boolean canServe(Descriptor peer) throws ErrnoException {
    if (flow == Flow.FROM_PEER) {
      return true;
    }
    try (PollSet poll = new PollSet(1)) {
      poll.set(0, peer.number(), 0);
      return !poll.await(0);
    }
  }

  /** Fails if its file is gone, because no peer can come then. */
  private void requireInPlace() throws IOException {
    try (Descriptor found = file().lookUp()) {
      if (!file().isSame(found)) {
        throw new IOException("another socket is in the endpoint's place now");
      }
    }
  }

  @Override
  void letGo() {
    super.letGo();
    own.remove(file().identity());
  }

  @Override
  void releasePeers(Descriptor handle) {
    listener.close();
  }
}
