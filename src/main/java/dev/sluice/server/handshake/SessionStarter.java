package dev.sluice.server.handshake;

import dev.sluice.server.session.NegotiatedExport;
import dev.sluice.stream.Transport;

/** Starts the session of a client whose handshake has ended. */
public interface SessionStarter {

  /**
   * Starts a session, which owns the transport and the client's attachment to the stream from then
   * on.
   *
   * @throws OutOfMemoryError if no thread can be created; the caller still owns both
   */
  void start(Transport transport, NegotiatedExport chosen);
}
