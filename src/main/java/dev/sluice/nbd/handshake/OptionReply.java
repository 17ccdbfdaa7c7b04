package dev.sluice.nbd.handshake;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.TransmissionFlags;
import dev.sluice.nbd.Utf8;
import java.nio.ByteBuffer;

/**
 * Encodes replies to options. Each method returns a new buffer, ready to be read. Its first
 * argument is the code of the option that it replies to. Texts longer than {@link
 * Protocol#MAX_STRING_LENGTH} bytes are cut between characters. Names longer than {@link
 * Protocol#MAX_NAME_LENGTH} bytes cause an {@link IllegalArgumentException}.
 *
 * <p>Sections "Fixed newstyle negotiation" and "Option reply types".
 */
public final class OptionReply {

  private OptionReply() {}

  /** Encodes success, the last reply. */
  public static ByteBuffer ack(int code) {
    return start(code, ReplyType.ACK, 0).flip();
  }

  /** Encodes one export of a list. */
  public static ByteBuffer server(int code, String name) {
    return server(code, name, "");
  }

  /** Encodes one export of a list, with a description for people; an empty one means none. */
  public static ByteBuffer server(int code, String name, String description) {
    byte[] nameBytes = Utf8.encodeName(name);
    byte[] text = Utf8.encodeText(description);
    return start(code, ReplyType.SERVER, Integer.BYTES + nameBytes.length + text.length)
        .putInt(nameBytes.length)
        .put(nameBytes)
        .put(text)
        .flip();
  }

  /**
   * Encodes the information that every successful {@code INFO} or {@code GO} must have.
   *
   * @param size bytes, unsigned
   * @param transmissionFlags 16 bits; see {@link TransmissionFlags}
   */
  public static ByteBuffer infoExport(int code, long size, int transmissionFlags) {
    return info(code, InfoType.EXPORT, Long.BYTES + Short.BYTES)
        .putLong(size)
        .putShort((short) transmissionFlags)
        .flip();
  }

  /** Encodes the server's name for the export. */
  public static ByteBuffer infoName(int code, String name) {
    byte[] bytes = Utf8.encodeName(name);
    return info(code, InfoType.NAME, bytes.length).put(bytes).flip();
  }

  /** Encodes the description of the export for people. */
  public static ByteBuffer infoDescription(int code, String description) {
    byte[] bytes = Utf8.encodeText(description);
    return info(code, InfoType.DESCRIPTION, bytes.length).put(bytes).flip();
  }

  /** Encodes the block sizes, in bytes, unsigned; see "Size constraints". */
  public static ByteBuffer infoBlockSize(int code, int minimum, int preferred, int maximum) {
    return info(code, InfoType.BLOCK_SIZE, 3 * Integer.BYTES)
        .putInt(minimum)
        .putInt(preferred)
        .putInt(maximum)
        .flip();
  }

  /** Encodes one metadata context of a list; its id is 0. */
  public static ByteBuffer listedContext(int code, MetaContext context) {
    return metaContext(code, 0, context.contextName());
  }

  /** Encodes one selected metadata context, with the id that replies will have. */
  public static ByteBuffer selectedContext(int code, MetaContext context) {
    return metaContext(code, context.id(), context.contextName());
  }

  /**
   * Encodes an error, the last reply.
   *
   * @param type an error
   * @param message for people: what was wrong, and what to do
   */
  public static ByteBuffer error(int code, ReplyType type, String message) {
    if (!type.isError()) {
      throw new IllegalArgumentException("reply type: %s (expected: an error)".formatted(type));
    }
    byte[] text = Utf8.encodeText(message);
    return start(code, type, text.length).put(text).flip();
  }

  private static ByteBuffer metaContext(int code, int id, String name) {
    byte[] bytes = Utf8.encodeName(name);
    return start(code, ReplyType.META_CONTEXT, Integer.BYTES + bytes.length)
        .putInt(id)
        .put(bytes)
        .flip();
  }

  private static ByteBuffer info(int code, InfoType type, int length) {
    return start(code, ReplyType.INFO, Short.BYTES + length).putShort((short) type.code());
  }

  private static ByteBuffer start(int code, ReplyType type, int length) {
    return ByteBuffer.allocate(Protocol.OPTION_REPLY_HEADER_LENGTH + length)
        .putLong(Protocol.OPTION_REPLY_MAGIC)
        .putInt(code)
        .putInt(type.code())
        .putInt(length);
  }
}
