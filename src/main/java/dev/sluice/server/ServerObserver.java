package dev.sluice.server;

import dev.sluice.nbd.transmission.Command;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.server.handshake.HandshakeFailure;
import dev.sluice.server.handshake.HandshakeObserver;
import dev.sluice.server.session.RequestObserver;
import org.jspecify.annotations.Nullable;

/** Measures connections, from the handshake on. */
public interface ServerObserver extends HandshakeObserver, RequestObserver {

  /** Measures nothing. */
  ServerObserver NONE =
      new ServerObserver() {
        @Override
        public void handshakeFailed(HandshakeFailure reason) {}

        @Override
        public void requestServed(@Nullable Command command, NbdError error, long nanos) {}
      };
}
