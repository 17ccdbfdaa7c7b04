package dev.sluice.nbd.transmission;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import java.nio.ByteBuffer;

/**
 * How requests and replies look in the transmission phase, as agreed in the handshake.
 *
 * <p>Section "Transmission".
 */
public enum Dialect {
  /** Compact requests, simple replies: what there is without any agreement. */
  SIMPLE,
  /** Compact requests; what bears a payload or an error is replied to in chunks. */
  STRUCTURED,
  /** Extended requests, with lengths of 64 bits; every reply is in chunks. */
  EXTENDED;

  /** Whether replies may come in chunks, as block status and errors with messages need it. */
  public boolean hasChunks() {
    return this != SIMPLE;
  }

  /** Length of a request before its payload, in bytes. */
  public int requestLength() {
    return this == EXTENDED ? Protocol.EXTENDED_REQUEST_LENGTH : Protocol.REQUEST_LENGTH;
  }

  /**
   * Decodes the {@link #requestLength} bytes at the buffer's position and moves past them. The
   * buffer must hold as many.
   *
   * @throws ProtocolException if they do not begin with this dialect's magic
   */
  public Request decode(ByteBuffer buffer) throws ProtocolException {
    return this == EXTENDED ? Request.decodeExtended(buffer) : Request.decode(buffer);
  }
}
