package dev.sluice.nbd.transmission;

import dev.sluice.nbd.Protocol;
import java.nio.ByteBuffer;

/**
 * Encodes simple replies. The data of a successful read follows.
 *
 * <p>Section "Simple reply message".
 */
public final class SimpleReply {

  private SimpleReply() {}

  /**
   * Encodes {@value Protocol#SIMPLE_REPLY_LENGTH} bytes at the buffer's position and moves past
   * them. The buffer must have as much room.
   *
   * @param cookie the request's cookie
   */
  public static void encode(ByteBuffer into, NbdError error, long cookie) {
    into.putInt(Protocol.SIMPLE_REPLY_MAGIC).putInt(error.code()).putLong(cookie);
  }
}
