package dev.sluice.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One chunk of a reply as it came, decoded by hand.
 *
 * @param offset the request's offset that an extended chunk returns; -1 in a structured one
 */
public record RawChunk(int flags, int type, long cookie, long offset, byte[] payload) {

  public static final int NONE = 0;
  public static final int DATA = 1;
  public static final int HOLE = 2;
  public static final int STATUS = 5;
  public static final int STATUS_EXT = 6;
  public static final int ERROR = 0x8001;
  public static final int ERROR_OFFSET = 0x8002;

  /** A stretch with one status. */
  public record Stretch(long length, long flags) {}

  /** Receives a chunk whose magic has been read. */
  static RawChunk receive(RawConnection connection, boolean extended) throws IOException {
    ByteBuffer header = connection.receive(extended ? 28 : 16);
    int flags = Short.toUnsignedInt(header.getShort());
    int type = Short.toUnsignedInt(header.getShort());
    long cookie = header.getLong();
    long offset = extended ? header.getLong() : -1;
    long length = extended ? header.getLong() : header.getInt();
    return new RawChunk(
        flags, type, cookie, offset, connection.receive(Math.toIntExact(length)).array());
  }

  public boolean isLast() {
    return (flags & 1) != 0;
  }

  public boolean isError() {
    return (type & 0x8000) != 0;
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(payload);
  }

  /** An error's number. */
  public int error() {
    return buffer().getInt();
  }

  /** An error's message. */
  public String message() {
    return new String(payload, 6, Short.toUnsignedInt(buffer().getShort(4)), UTF_8);
  }

  /** Where an error was. */
  public long errorOffset() {
    return buffer().getLong(6 + Short.toUnsignedInt(buffer().getShort(4)));
  }

  /** Where data or a hole begins. */
  public long contentOffset() {
    return buffer().getLong();
  }

  /** How many bytes of the export are data or a hole. */
  public long contentLength() {
    return type == HOLE ? Integer.toUnsignedLong(buffer().getInt(8)) : payload.length - 8;
  }

  /** Which context a status is of. */
  public int context() {
    return buffer().getInt();
  }

  /** What a status says. */
  public List<Stretch> stretches() {
    ByteBuffer rest = buffer().position(type == STATUS_EXT ? 8 : 4);
    List<Stretch> stretches = new ArrayList<>();
    while (rest.hasRemaining()) {
      stretches.add(
          type == STATUS_EXT
              ? new Stretch(rest.getLong(), rest.getLong())
              : new Stretch(
                  Integer.toUnsignedLong(rest.getInt()), Integer.toUnsignedLong(rest.getInt())));
    }
    return stretches;
  }
}
