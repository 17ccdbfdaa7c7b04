package dev.sluice.api.data;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.posix.Posix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP/1.1 response (RFC 9112, sections 6 and 7). Its end, which is the last chunk
 * or the last byte of a declared size, is held back until the stream is known to be complete. So a
 * body that is cut off cannot be mistaken for a complete one.
 */
final class DataFrame implements AutoCloseable {

  /** The maximum number of bytes in one step. */
  static final int BYTES = 1 << 18;

  /** The length of a chunk's header, which has eight digits. */
  private static final int CHUNK_HEAD = "00040000\r\n".length();

  private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.US_ASCII);

  private final NativeBuffer memory;
  private final boolean chunked;
  private final @Nullable String digestField;
  private final @Nullable MessageDigest digest;
  private final ByteBuffer out;

  /** With a declared size, how many bytes have not been read from the pipe. */
  private long left;

  /** How many of the bytes in the buffer are data. */
  private int data;

  private DataFrame(boolean chunked, long size, @Nullable String digestField)
      throws ErrnoException {
    this.chunked = chunked;
    this.left = size;
    this.digestField = digestField;
    this.digest = digestField == null ? null : sha256();
    this.memory = NativeBuffer.allocate(CHUNK_HEAD + BYTES + LINE_END.length);
    this.out = memory.memory().asByteBuffer().limit(0);
  }

  /**
   * Creates a body of a declared size.
   *
   * @param size in bytes
   */
  static DataFrame sized(long size) throws ErrnoException {
    return new DataFrame(false, size, null);
  }

  /**
   * Creates a chunked body.
   *
   * @param digestField the trailer field for the digest of the data; null for none
   */
  static DataFrame chunked(@Nullable String digestField) throws ErrnoException {
    return new DataFrame(true, Long.MAX_VALUE, digestField);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the bytes to send next. */
  ByteBuffer out() {
    return out;
  }

  /** Returns how many bytes of data are in the buffer and not sent yet. */
  long held() {
    return Math.min(out.remaining(), data);
  }

  /**
   * Reads more data from a pipe. Everything must have been sent before.
   *
   * @param last whether the stream is known to be complete
   * @return what read(2) returns; {@link Posix#WOULD_BLOCK} also if only the last byte is left
   *     while {@code last} is false
   */
  long fill(int pipe, boolean last) throws ErrnoException {
    long most = Math.min(BYTES, last || chunked ? left : left - 1);
    if (most <= 0) {
      return Posix.WOULD_BLOCK;
    }
    int start = chunked ? CHUNK_HEAD : 0;
    MemorySegment room = memory.memory().asSlice(start, most);
    long n = Posix.read(pipe, room);
    if (n > 0) {
      frame(start, (int) n);
    }
    return n;
  }

  private void frame(int start, int count) {
    left -= count;
    data = count;
    if (digest != null) {
      digest.update(out.duplicate().limit(start + count).position(start));
    }
    out.clear().limit(start + count);
    if (chunked) {
      out.put(0, "%08x\r\n".formatted(count).getBytes(StandardCharsets.US_ASCII));
      out.limit(start + count + LINE_END.length);
      out.put(start + count, LINE_END);
    }
  }

  /** Puts the end of the body into the buffer. All data must have been sent before. */
  void end() {
    data = 0;
    out.clear();
    if (chunked) {
      String trailer =
          digest == null
              ? ""
              : "%s: sha-256=:%s:\r\n"
                  .formatted(digestField, Base64.getEncoder().encodeToString(digest.digest()));
      out.put(("0\r\n" + trailer + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
    out.flip();
  }

  @Override
  public void close() {
    memory.close();
  }
}
