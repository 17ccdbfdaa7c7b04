package dev.sluice.nbd.transmission;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import java.nio.ByteBuffer;

/**
 * The format of requests and replies, as negotiated in the handshake.
 *
 * <p>Section "Transmission".
 */
public enum Dialect {
  /** Compact requests and simple replies: the default. */
  SIMPLE,
  /** Compact requests. Replies with a payload or an error are in chunks. */
  STRUCTURED,
  /** Extended requests, with lengths of 64 bits. All replies are in chunks. */
  EXTENDED;

  /** Returns whether replies can be in chunks, which block status and error messages need. */
  public boolean hasChunks() {
    return this != SIMPLE;
  }

  /** Returns the length of a request in bytes, without its payload. */
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
