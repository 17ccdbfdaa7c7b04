package dev.sluice.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/**
 * Encodes and decodes strings on the wire: UTF-8 without NUL and without a terminator.
 *
 * <p>Section "Conventions".
 */
public final class Utf8 {

  private static final int CONTINUATION_MASK = 0xc0;
  private static final int CONTINUATION = 0x80;

  private Utf8() {}

  /**
   * Decodes {@code length} bytes at the buffer's position, and moves past them. The buffer must
   * hold as many.
   *
   * @throws CharacterCodingException if they are not UTF-8
   */
  public static String decode(ByteBuffer buffer, int length) throws CharacterCodingException {
    ByteBuffer bytes = buffer.slice(buffer.position(), length);
    buffer.position(buffer.position() + length);
    return UTF_8.newDecoder().decode(bytes).toString();
  }

  /**
   * Encodes a text for people. NUL is replaced, and what is longer than {@link
   * Protocol#MAX_STRING_LENGTH} bytes is cut between characters.
   */
  public static byte[] encodeText(String text) {
    byte[] bytes = text.replace('\0', '\ufffd').getBytes(UTF_8);
    if (bytes.length <= Protocol.MAX_STRING_LENGTH) {
      return bytes;
    }
    int end = Protocol.MAX_STRING_LENGTH;
    while ((bytes[end] & CONTINUATION_MASK) == CONTINUATION) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }

  /**
   * Encodes a name, without cutting it.
   *
   * @throws IllegalArgumentException if it is longer than {@link Protocol#MAX_NAME_LENGTH} bytes
   */
  public static byte[] encodeName(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    if (bytes.length > Protocol.MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "name length: %d (expected: <= %d)".formatted(bytes.length, Protocol.MAX_NAME_LENGTH));
    }
    return bytes;
  }
}
