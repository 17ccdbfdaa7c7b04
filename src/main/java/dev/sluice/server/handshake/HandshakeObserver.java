package dev.sluice.server.handshake;

/**
 * Counts handshakes, as they end. Called by many threads at once, so it must neither wait nor fail.
 */
public interface HandshakeObserver {

  /** A connection ended without an export, and its client had not said that it would. */
  void handshakeFailed(HandshakeFailure reason);
}
