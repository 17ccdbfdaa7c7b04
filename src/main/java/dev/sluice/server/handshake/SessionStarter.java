package dev.sluice.server.handshake;

import dev.sluice.server.session.NegotiatedExport;
import dev.sluice.stream.Transport;

/** Where a connection goes when its handshake is over. */
public interface SessionStarter {

  /**
   * Starts a session, which owns the transport and the client's place in the stream then.
   *
   * @throws OutOfMemoryError when there can be no more threads; the caller still owns both
   */
  void start(Transport transport, NegotiatedExport chosen);
}
