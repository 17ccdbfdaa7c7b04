package dev.sluice.nbd.handshake;

import dev.sluice.nbd.Protocol;
import java.nio.ByteBuffer;

/**
 * Encodes the first message of the server.
 *
 * <p>Section "Newstyle negotiation".
 */
public final class Greeting {

  private Greeting() {}

  /**
   * Encodes a greeting of {@value Protocol#GREETING_LENGTH} bytes, ready to be read.
   *
   * @param handshakeFlags 16 bits, of {@link Protocol#FLAG_FIXED_NEWSTYLE} and {@link
   *     Protocol#FLAG_NO_ZEROES}
   */
  public static ByteBuffer encode(int handshakeFlags) {
    return ByteBuffer.allocate(Protocol.GREETING_LENGTH)
        .putLong(Protocol.NBD_MAGIC)
        .putLong(Protocol.IHAVEOPT)
        .putShort((short) handshakeFlags)
        .flip();
  }
}
