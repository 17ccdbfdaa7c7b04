package dev.sluice.server.handshake;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import dev.sluice.nbd.handshake.ClientFlags;
import dev.sluice.nbd.handshake.OptionHeader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Splits what a client sends during the handshake into client flags and options (specification:
 * "Fixed newstyle negotiation"). What follows the last option is left for the next handler.
 */
public final class OptionFrameDecoder extends ByteToMessageDecoder {

  private enum State {
    CLIENT_FLAGS,
    OPTION_HEADER,
    OPTION_DATA,
    OVERSIZED_DATA
  }

  private final int maxLength;
  private State state = State.CLIENT_FLAGS;
  private int code;
  private long length;
  private boolean held;

  /**
   * Creates a decoder that expects the client flags.
   *
   * @param maxLength the most bytes of data of an option; longer data is skipped
   */
  public OptionFrameDecoder(int maxLength) {
    this.maxLength = maxLength;
  }

  /**
   * Holds back further options, or stops doing so. Bytes that came meanwhile are decoded with the
   * next read.
   */
  void hold(boolean now) {
    held = now;
  }

  /** Returns whether bytes have come after the last decoded option. */
  boolean hasMore() {
    return actualReadableBytes() > 0;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws ProtocolException {
    if (held) {
      return;
    }
    switch (state) {
      case CLIENT_FLAGS -> decodeFlags(in, out);
      case OPTION_HEADER -> decodeHeader(in, out);
      case OPTION_DATA -> decodeData(in, out);
      case OVERSIZED_DATA -> skipData(in, out);
    }
  }

  private void decodeFlags(ByteBuf in, List<Object> out) throws ProtocolException {
    if (in.readableBytes() >= Protocol.CLIENT_FLAGS_LENGTH) {
      out.add(ClientFlags.decode(in.readInt()));
      state = State.OPTION_HEADER;
    }
  }

  private void decodeHeader(ByteBuf in, List<Object> out) throws ProtocolException {
    if (in.readableBytes() >= Protocol.OPTION_HEADER_LENGTH) {
      OptionHeader header = OptionHeader.decode(copy(in, Protocol.OPTION_HEADER_LENGTH));
      code = header.code();
      length = header.unsignedLength();
      if (header.isLongerThan(maxLength)) {
        state = State.OVERSIZED_DATA;
      } else {
        state = State.OPTION_DATA;
        decodeData(in, out); // it may have no data, and then no further read may come
      }
    }
  }

  private void decodeData(ByteBuf in, List<Object> out) {
    if (in.readableBytes() >= length) {
      out.add(new OptionFrame(code, copy(in, (int) length), false));
      state = State.OPTION_HEADER;
    }
  }

  private void skipData(ByteBuf in, List<Object> out) {
    int skipped = (int) Math.min(length, in.readableBytes());
    in.skipBytes(skipped);
    length -= skipped;
    if (length == 0) {
      out.add(new OptionFrame(code, ByteBuffer.allocate(0), true));
      state = State.OPTION_HEADER;
    }
  }

  private static ByteBuffer copy(ByteBuf in, int bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes);
    in.readBytes(copy);
    return copy.flip();
  }
}
