package dev.sluice.server.relay;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.ReplyType;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.ByteBuffer;
import java.util.List;

/** Splits what an export's owner sends during the handshake into replies. */
final class OwnerReplyDecoder extends ByteToMessageDecoder {

  private enum State {
    GREETING,
    REPLY,
    EXPORT_NAME
  }

  /** Stands for the greeting. It is the first message. */
  record Greeted() {}

  private static final int MAX_DATA = 2 * Protocol.MAX_STRING_LENGTH;
  private static final int LENGTH_AT = Protocol.OPTION_REPLY_HEADER_LENGTH - Integer.BYTES;

  private final int exportNameLength;
  private State state = State.GREETING;

  /**
   * Creates a decoder that expects a greeting.
   *
   * @param noZeroes whether the reply to EXPORT_NAME has no padding
   */
  OwnerReplyDecoder(boolean noZeroes) {
    this.exportNameLength =
        Long.BYTES + Short.BYTES + (noZeroes ? 0 : Protocol.EXPORT_NAME_PADDING);
  }

  /** Expects the reply to EXPORT_NAME next. It has no header. */
  void expectExportName() {
    state = State.EXPORT_NAME;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws ProtocolException {
    switch (state) {
      case GREETING -> decodeGreeting(in, out);
      case REPLY -> decodeReply(in, out);
      case EXPORT_NAME -> decodeExportName(in, out);
    }
  }

  private void decodeGreeting(ByteBuf in, List<Object> out) throws ProtocolException {
    if (in.readableBytes() < Protocol.GREETING_LENGTH) {
      return;
    }
    int flags = Protocol.FLAG_FIXED_NEWSTYLE | Protocol.FLAG_NO_ZEROES;
    if (in.readLong() != Protocol.NBD_MAGIC
        || in.readLong() != Protocol.IHAVEOPT
        || in.readUnsignedShort() != flags) {
      throw new ProtocolException("the greeting is not that of Sluice");
    }
    state = State.REPLY;
    out.add(new Greeted());
  }

  private static void decodeReply(ByteBuf in, List<Object> out) throws ProtocolException {
    if (in.readableBytes() < Protocol.OPTION_REPLY_HEADER_LENGTH) {
      return;
    }
    int start = in.readerIndex();
    if (in.getLong(start) != Protocol.OPTION_REPLY_MAGIC) {
      throw new ProtocolException("a reply begins with a wrong magic number");
    }
    long length = in.getUnsignedInt(start + LENGTH_AT);
    if (length > MAX_DATA) {
      throw new ProtocolException(
          "a reply's data: %d bytes (expected: <= %d)".formatted(length, MAX_DATA));
    }
    int all = Protocol.OPTION_REPLY_HEADER_LENGTH + (int) length;
    if (in.readableBytes() >= all) {
      int option = in.getInt(start + Long.BYTES);
      int type = in.getInt(start + Long.BYTES + Integer.BYTES);
      out.add(new OwnerReply(option, type, take(in, all), Protocol.OPTION_REPLY_HEADER_LENGTH));
    }
  }

  private void decodeExportName(ByteBuf in, List<Object> out) {
    if (in.readableBytes() >= exportNameLength) {
      out.add(
          new OwnerReply(
              OptionCode.EXPORT_NAME.code(), ReplyType.ACK.code(), take(in, exportNameLength), 0));
    }
  }

  private static ByteBuffer take(ByteBuf in, int bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes);
    in.readBytes(copy);
    return copy.flip();
  }
}
