package dev.sluice.nbd.transmission;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
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
 * @param length bytes, unsigned: 32 bits in a compact request, 64 in an extended one
 * @param extended whether it was an extended request, whose flags say if a payload follows
 */
public record Request(
    int flags, int type, long cookie, long offset, long length, boolean extended) {

  /** A compact request; its length is the unsigned number that the {@code int} holds. */
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
   * Decodes the {@value Protocol#EXTENDED_REQUEST_LENGTH} bytes of an extended request, likewise.
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

  /** The command, or nothing if it is unknown. */
  public Optional<Command> command() {
    return Command.of(type);
  }

  /** Whether all of these flags are set. */
  public boolean has(int commandFlags) {
    return (flags & commandFlags) == commandFlags;
  }

  /**
   * How many bytes of payload follow, unsigned. They are consumed even if the request is refused. A
   * write always has data. An extended write must say so, but qemu's do not. Another request has
   * data only if it is extended and says so: an unknown command's length tells nothing.
   */
  public long payloadLength() {
    boolean says = extended && has(CommandFlags.PAYLOAD_LEN);
    return says || type == Command.WRITE.code() ? length : 0;
  }

  /** The same request without payload, for so many bytes of the export. */
  public Request forEffect(long effectLength) {
    return new Request(
        flags & ~CommandFlags.PAYLOAD_LEN, type, cookie, offset, effectLength, extended);
  }
}
