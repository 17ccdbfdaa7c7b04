package dev.sluice.nbd.transmission;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A request as received. It was decoded, but not validated: see {@link RequestRules}.
 *
 * <p>Section "Request message".
 *
 * @param flags 16 bits; see {@link CommandFlags}
 * @param type 16 bits; see {@link #command}
 * @param cookie chosen by the client, and returned unchanged
 * @param offset bytes from the start of the export, unsigned
 * @param length bytes, unsigned: 32 bits in a compact request, 64 in an extended one
 * @param extended whether it is an extended request, whose flags say whether a payload follows
 */
public record Request(
    int flags, int type, long cookie, long offset, long length, boolean extended) {

  /** Creates a compact request, whose length is an unsigned {@code int}. */
  public Request(int flags, int type, long cookie, long offset, int length) {
    this(flags, type, cookie, offset, Integer.toUnsignedLong(length), false);
  }

  /**
   * Decodes the {@value Protocol#REQUEST_LENGTH} bytes of a compact request at the buffer's
   * position and moves past them. The buffer must hold as many.
   *
   * @throws ProtocolException if they do not begin with the magic of a request
   */
  public static Request decode(ByteBuffer buffer) throws ProtocolException {
    requireMagic(Protocol.REQUEST_MAGIC, buffer);
    return new Request(
        Short.toUnsignedInt(buffer.getShort()),
        Short.toUnsignedInt(buffer.getShort()),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getInt());
  }

  /**
   * Decodes the {@value Protocol#EXTENDED_REQUEST_LENGTH} bytes of an extended request at the
   * buffer's position and moves past them. The buffer must hold as many.
   *
   * @throws ProtocolException if they do not begin with the magic of an extended request
   */
  public static Request decodeExtended(ByteBuffer buffer) throws ProtocolException {
    requireMagic(Protocol.EXTENDED_REQUEST_MAGIC, buffer);
    return new Request(
        Short.toUnsignedInt(buffer.getShort()),
        Short.toUnsignedInt(buffer.getShort()),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        true);
  }

  private static void requireMagic(int expected, ByteBuffer buffer) throws ProtocolException {
    int magic = buffer.getInt();
    if (magic != expected) {
      throw new ProtocolException(
          "request magic: 0x%08x (expected: 0x%08x)".formatted(magic, expected));
    }
  }

  /** Returns the command; empty if it is unknown. */
  public Optional<Command> command() {
    return Command.of(type);
  }

  /** Returns whether all of these flags are set. */
  public boolean has(int commandFlags) {
    return (flags & commandFlags) == commandFlags;
  }

  /**
   * Returns the length of the payload that follows, in bytes, unsigned. It has to be consumed even
   * if the request is refused.
   *
   * <p>A write always has a payload. An extended write must say so, but qemu's do not. Any other
   * request has a payload only if it is extended and says so, so the length of an unknown command
   * means nothing.
   */
  public long payloadLength() {
    boolean says = extended && has(CommandFlags.PAYLOAD_LEN);
    return says || type == Command.WRITE.code() ? length : 0;
  }

  /** Returns the same request without a payload, for this many bytes of the export. */
  public Request forEffect(long effectLength) {
    return new Request(
        flags & ~CommandFlags.PAYLOAD_LEN, type, cookie, offset, effectLength, extended);
  }
}
