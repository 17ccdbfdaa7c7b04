package dev.sluice.nbd;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One request as it came off the wire, decoded but not yet believed: see {@link RequestRules}.
 *
 * <p>Section "Request message".
 *
 * @param flags 16 bits; see {@link CommandFlags}
 * @param type 16 bits; see {@link #command}
 * @param cookie the client's, to be returned as it came
 * @param offset bytes from the start of the export, unsigned
 * @param length bytes, unsigned: use {@link #unsignedLength}
 */
public record Request(int flags, int type, long cookie, long offset, int length) {

  /**
   * Decodes the {@value Protocol#REQUEST_LENGTH} bytes at the buffer's position and moves past
   * them. The buffer must hold as many.
   *
   * @throws ProtocolException if they do not begin with the magic of a request
   */
  public static Request decode(ByteBuffer buffer) throws ProtocolException {
    int magic = buffer.getInt();
    if (magic != Protocol.REQUEST_MAGIC) {
      throw new ProtocolException(
          "request magic: 0x%08x (expected: 0x%08x)".formatted(magic, Protocol.REQUEST_MAGIC));
    }
    return new Request(
        Short.toUnsignedInt(buffer.getShort()),
        Short.toUnsignedInt(buffer.getShort()),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getInt());
  }

  /** The command, or nothing if it is unknown. */
  public Optional<Command> command() {
    return Command.of(type);
  }

  /** The length, 0 to 2^32 - 1 bytes. */
  public long unsignedLength() {
    return Integer.toUnsignedLong(length);
  }

  /**
   * Whether {@link #unsignedLength} bytes of payload follow, to be consumed even if the request is
   * refused. True of a write alone: an unknown command's length says nothing about what follows.
   */
  public boolean carriesPayload() {
    return type == Command.WRITE.code();
  }
}
