package dev.sluice.server.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;

/** Replies of the handshake, as Netty sends them. */
final class Replies {

  private Replies() {}

  /** One after the other, without a copy. */
  static ByteBuf join(List<ByteBuffer> replies) {
    return Unpooled.wrappedBuffer(replies.toArray(ByteBuffer[]::new));
  }
}
