package dev.sluice.server.relay;

import dev.sluice.nbd.handshake.ReplyType;
import java.nio.ByteBuffer;

/**
 * A reply of an export's owner to an option.
 *
 * @param option the code of the option
 * @param type the type of the reply, as on the wire; ACK for the reply to EXPORT_NAME, which has
 *     none
 * @param bytes the whole reply, as received
 * @param headerLength bytes before its data
 */
record OwnerReply(int option, int type, ByteBuffer bytes, int headerLength) {

  boolean isError() {
    return type < 0;
  }

  /** Returns whether it is the last reply to its option. */
  boolean isLast() {
    return isError() || type == ReplyType.ACK.code();
  }

  boolean is(ReplyType other) {
    return type == other.code();
  }

  byte[] data() {
    byte[] data = new byte[bytes.remaining() - headerLength];
    bytes.get(bytes.position() + headerLength, data);
    return data;
  }
}
