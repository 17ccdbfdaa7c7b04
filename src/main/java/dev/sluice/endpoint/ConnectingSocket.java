package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.UnixSockets;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An existing Unix stream socket, on which the peer listens. */
final class ConnectingSocket extends UnixSocket {

  /** The reason to refuse a socket as an endpoint. */
  static final String OWN = "this service itself listens on this socket";

  private final OwnSockets own;

  ConnectingSocket(EndpointFile file, OwnSockets own) {
    super(file);
    this.own = own;
  }

  @Override
  @Nullable Descriptor reach() throws IOException {
    try (Descriptor found = file().lookUp()) {
      if (own.contains(PosixFiles.status(found.number()))) {
        throw new IOException("the endpoint's path cannot be connected to: " + OWN);
      }
      return connect(found);
    }
  }

  private static @Nullable Descriptor connect(Descriptor found) throws ErrnoException {
    Descriptor socket = new Descriptor(UnixSockets.create());
    boolean connected = false;
    try {
      connected = UnixSockets.connect(socket.number(), found.number());
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ECONNREFUSED) {
        throw e;
      }
    } finally {
      if (!connected) {
        socket.close();
      }
    }
    return connected ? socket : null;
  }

  @Override
  void releasePeers(Descriptor handle) {
    // The peer listens, so it waits for no particular client.
  }
}
