package dev.sluice.server.handshake;

/** Counts handshakes that failed. Many threads call it, so it must not block or throw. */
public interface HandshakeObserver {

  /** Records a connection that ended without an export and without an ABORT. */
  void handshakeFailed(HandshakeFailure reason);
}
