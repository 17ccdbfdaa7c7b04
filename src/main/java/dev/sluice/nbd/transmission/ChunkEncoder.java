package dev.sluice.nbd.transmission;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.Utf8;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Encodes chunks at the buffer's position and moves past them. {@link Protocol#MAX_CHUNK_LENGTH}
 * bytes of room are enough for any chunk. Messages longer than {@link Protocol#MAX_STRING_LENGTH}
 * bytes are cut between characters.
 *
 * <p>Sections "Structured reply chunk message" and "Extended reply chunk message".
 */
public final class ChunkEncoder {

  /** The length of the error and of the message's length. */
  private static final int FAILURE_LENGTH = Integer.BYTES + Short.BYTES;

  private ChunkEncoder() {}

  /**
   * Encodes a chunk of a reply to a compact request.
   *
   * @param last whether it is the reply's last
   */
  public static void structured(ByteBuffer into, long cookie, boolean last, Chunk chunk) {
    Payload payload = payload(chunk, false);
    into.putInt(Protocol.STRUCTURED_REPLY_MAGIC);
    putFlagsAndType(into, last, payload.type());
    into.putLong(cookie).putInt((int) payload.length());
    payload.writer().put(into);
  }

  /**
   * Encodes a chunk of a reply to an extended request.
   *
   * @param offset the request's offset, whatever part of its range the chunk is about
   * @param last whether it is the reply's last
   */
  public static void extended(
      ByteBuffer into, long cookie, long offset, boolean last, Chunk chunk) {
    Payload payload = payload(chunk, true);
    into.putInt(Protocol.EXTENDED_REPLY_MAGIC);
    putFlagsAndType(into, last, payload.type());
    into.putLong(cookie).putLong(offset).putLong(payload.length());
    payload.writer().put(into);
  }

  private interface Writer {
    void put(ByteBuffer into);
  }

  /**
   * The payload of a chunk.
   *
   * @param length bytes, with those that the writer does not put
   */
  private record Payload(ChunkType type, long length, Writer writer) {}

  private static void putFlagsAndType(ByteBuffer into, boolean last, ChunkType type) {
    into.putShort((short) (last ? Protocol.REPLY_FLAG_DONE : 0)).putShort((short) type.code());
  }

  private static Payload payload(Chunk chunk, boolean extended) {
    return switch (chunk) {
      case Chunk.End _ -> new Payload(ChunkType.NONE, 0, _ -> {});
      case Chunk.Data(long offset, long length) ->
          new Payload(ChunkType.OFFSET_DATA, Long.BYTES + length, into -> into.putLong(offset));
      case Chunk.Hole(long offset, long length) ->
          new Payload(
              ChunkType.OFFSET_HOLE,
              Long.BYTES + Integer.BYTES,
              into -> into.putLong(offset).putInt(toUnsignedInt(length)));
      case Chunk.Status status when extended -> extendedStatus(status);
      case Chunk.Status status -> status(status);
      case Chunk.Failure(NbdError error, String message) -> {
        byte[] text = Utf8.encodeText(message);
        yield new Payload(
            ChunkType.ERROR, FAILURE_LENGTH + text.length, into -> putFailure(into, error, text));
      }
      case Chunk.FailureAt(NbdError error, String message, long offset) -> {
        byte[] text = Utf8.encodeText(message);
        yield new Payload(
            ChunkType.ERROR_OFFSET,
            FAILURE_LENGTH + text.length + Long.BYTES,
            into -> putFailure(into, error, text).putLong(offset));
      }
    };
  }

  private static Payload status(Chunk.Status status) {
    List<Extent> extents = status.extents();
    return new Payload(
        ChunkType.BLOCK_STATUS,
        Integer.BYTES + 2L * Integer.BYTES * extents.size(),
        into -> {
          into.putInt(status.context().id());
          extents.forEach(e -> into.putInt(toUnsignedInt(e.length())).putInt(e.flags()));
        });
  }

  private static Payload extendedStatus(Chunk.Status status) {
    List<Extent> extents = status.extents();
    return new Payload(
        ChunkType.BLOCK_STATUS_EXT,
        2 * Integer.BYTES + 2L * Long.BYTES * extents.size(),
        into -> {
          into.putInt(status.context().id()).putInt(extents.size());
          extents.forEach(e -> into.putLong(e.length()).putLong(Integer.toUnsignedLong(e.flags())));
        });
  }

  private static ByteBuffer putFailure(ByteBuffer into, NbdError error, byte[] text) {
    return into.putInt(error.code()).putShort((short) text.length).put(text);
  }

  private static int toUnsignedInt(long length) {
    if (length <= 0 || length > Protocol.MAX_UNSIGNED_INT) {
      throw new IllegalArgumentException(
          "length: %d (expected: 1 to %d)".formatted(length, Protocol.MAX_UNSIGNED_INT));
    }
    return (int) length;
  }
}
