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
 * The body of an HTTP/1.1 response (RFC 9112, sections 6 and 7), of which the end is sent when the
 * stream is known to be whole, and not before: the last chunk, or the last byte of a declared size.
 * So whatever is cut off before cannot be taken for whole.
 */
final class DataFrame implements AutoCloseable {

  /** So many bytes are moved at a time. */
  static final int BYTES = 1 << 18;

  /** The length of a chunk, in eight digits. */
  private static final int CHUNK_HEAD = "00040000\r\n".length();

  private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.US_ASCII);

  private final NativeBuffer memory;
  private final boolean chunked;
  private final @Nullable String digestField;
  private final @Nullable MessageDigest digest;
  private final ByteBuffer out;

  /** Of a declared size: what has not been read from the pipe. */
  private long left;

  /** How much of what is in the buffer is data. */
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

  /** A body of a declared size. */
  static DataFrame sized(long size) throws ErrnoException {
    return new DataFrame(false, size, null);
  }

  /**
   * A body in chunks.
   *
   * @param digestField the trailer that tells the digest of the data; null for none
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

  /** What is to be sent next. */
  ByteBuffer out() {
    return out;
  }

  /** How much of the data has not been sent. */
  long held() {
    return Math.min(out.remaining(), data);
  }

  /**
   * Takes more data from a pipe, when everything was sent.
   *
   * @param last whether the stream is known to be whole
   * @return what read(2) returns; {@link Posix#WOULD_BLOCK} also for the last byte before that
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

  /** Puts the end of the body where the data was, which was sent. */
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
