package dev.sluice.server;

import dev.sluice.nbd.Command;
import dev.sluice.nbd.NbdError;
import dev.sluice.server.handshake.HandshakeFailure;
import org.jspecify.annotations.Nullable;

/**
 * Measures what all connections do, as it happens. Called by many threads at once, for every
 * request, so it must neither wait nor fail.
 */
public interface ServerObserver {

  /** Measures nothing. */
  ServerObserver NONE = new ServerObserver() {};

  /** A connection ended without an export, and without the client's having meant it so. */
  default void handshakeFailed(HandshakeFailure reason) {}

  /**
   * A request was replied to.
   *
   * @param command what it asked for, or null if nobody knows
   * @param error what the reply said
   * @param nanos from its header's arrival until the reply was sent, payload and waits included
   */
  default void requestServed(@Nullable Command command, NbdError error, long nanos) {}
}
