package dev.sluice.server.relay;

import dev.sluice.nbd.handshake.ReplyType;
import java.nio.ByteBuffer;

/**
 * What the owner of an export has replied.
 *
 * @param option which option it is about
 * @param type what it says, as on the wire
 * @param bytes all of it, as it came
 * @param headerLength how many of them come before its data
 */
record OwnerReply(int option, int type, ByteBuffer bytes, int headerLength) {

  boolean isError() {
    return type < 0;
  }

  /** Whether nothing follows it. */
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
