package dev.sluice.nbd.transmission;

import dev.sluice.nbd.Protocol;
import java.nio.ByteBuffer;

/**
 * The answer to one request; the payload of a successful read follows it.
 *
 * <p>Section "Simple reply message".
 */
public final class SimpleReply {

  private SimpleReply() {}

  /**
   * Puts {@value Protocol#SIMPLE_REPLY_LENGTH} bytes at the buffer's position and moves past them.
   * The buffer must have as much room.
   *
   * @param cookie the request's
   */
  public static void encode(ByteBuffer into, NbdError error, long cookie) {
    into.putInt(Protocol.SIMPLE_REPLY_MAGIC).putInt(error.code()).putLong(cookie);
  }
}
