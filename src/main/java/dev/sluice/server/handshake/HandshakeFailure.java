package dev.sluice.server.handshake;

import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** Why a connection came to its end before it had an export. */
public enum HandshakeFailure {
  /** The client took too long. */
  TIMEOUT,
  /** The client did not keep to the protocol. */
  PROTOCOL,
  /** The client and this service could not agree on encryption. */
  TLS,
  /** The client asked for an export that it could not have, and went without one. */
  REFUSED,
  /** The client closed the connection, or lost it, before it had asked for an export. */
  DISCONNECTED,
  /** There were as many connections, or the client sent as much, as there may be. */
  LIMIT,
  /** Something in this service failed. */
  ERROR;

  /** What an exception in the handshake comes from. */
  static HandshakeFailure of(Throwable cause) {
    if (cause.getCause() instanceof SSLException) {
      return TLS;
    }
    if (cause instanceof DecoderException) {
      return PROTOCOL;
    }
    return cause instanceof IOException ? DISCONNECTED : ERROR;
  }
}
