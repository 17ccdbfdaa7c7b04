package dev.sluice.server.handshake;

import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** Why a connection ended without an export. */
public enum HandshakeFailure {
  /** The client took too long. */
  TIMEOUT,
  /** The client violated the protocol. */
  PROTOCOL,
  /** The client and this service could not agree on encryption. */
  TLS,
  /** The client was refused the export that it asked for, and left without one. */
  REFUSED,
  /** The connection was closed or lost before the client had asked for an export. */
  DISCONNECTED,
  /** A limit was reached, on connections or on what a client may send. */
  LIMIT,
  /** Something in this service failed. */
  ERROR;

  /** Classifies an exception of the handshake. */
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
