package dev.sluice.nbd.handshake;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import java.nio.ByteBuffer;

/**
 * The header of an option: its number, and the length of its data.
 *
 * <p>Section "Newstyle negotiation".
 *
 * @param code the option's number, known or not; see {@link OptionCode#of}
 * @param length the length of its data in bytes, unsigned: use {@link #unsignedLength}
 */
public record OptionHeader(int code, int length) {

  /**
   * Decodes the {@value Protocol#OPTION_HEADER_LENGTH} bytes at the buffer's position and moves
   * past them. The buffer must hold as many.
   *
   * @throws ProtocolException if they do not begin with the magic of an option
   */
  public static OptionHeader decode(ByteBuffer buffer) throws ProtocolException {
    long magic = buffer.getLong();
    if (magic != Protocol.IHAVEOPT) {
      throw new ProtocolException(
          "option magic: 0x%016x (expected: 0x%016x)".formatted(magic, Protocol.IHAVEOPT));
    }
    return new OptionHeader(buffer.getInt(), buffer.getInt());
  }

  /** Returns the length of the data in bytes, 0 to 2^32 - 1. */
  public long unsignedLength() {
    return Integer.toUnsignedLong(length);
  }

  /** Returns whether the data is longer than this many bytes. */
  public boolean isLongerThan(int limit) {
    return unsignedLength() > limit;
  }
}
