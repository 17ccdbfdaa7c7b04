package dev.sluice.server.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;

/** Converts replies of the handshake for Netty. */
final class Replies {

  private Replies() {}

  /** Joins replies without copying them. */
  static ByteBuf join(List<ByteBuffer> replies) {
    return Unpooled.wrappedBuffer(replies.toArray(ByteBuffer[]::new));
  }
}
