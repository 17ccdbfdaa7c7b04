package dev.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One record as a line: the CRC-32C of the rest of the line, how many bytes of the file were
 * certainly on disk before it, the kind, the id, and the text.
 *
 * @param synced bytes of the file that were certainly on disk when this was written
 * @param id the id of the record's subject; without spaces
 * @param text the content; without line breaks
 */
record Frame(long synced, RecordKind kind, String id, String text) {

  /**
   * The longest line in bytes. A request for an export has up to 64 KiB, which may get longer in
   * its text form.
   */
  static final int MAX_LENGTH = 1 << 20;

  private static final int CRC_DIGITS = 8;

  /** Encodes the line, with its line break. */
  byte[] encode() {
    byte[] body = (synced + " " + kind.code() + " " + id + " " + text + "\n").getBytes(UTF_8);
    byte[] line = new byte[CRC_DIGITS + 1 + body.length];
    byte[] crc =
        HexFormat.of().toHexDigits(crc(body, 0, body.length - 1), CRC_DIGITS).getBytes(UTF_8);
    System.arraycopy(crc, 0, line, 0, CRC_DIGITS);
    line[CRC_DIGITS] = ' ';
    System.arraycopy(body, 0, line, CRC_DIGITS + 1, body.length);
    return line;
  }

  /** Decodes a line without its line break; empty if it is not intact. */
  static Optional<Frame> decode(byte[] line) {
    int from = CRC_DIGITS + 1;
    if (line.length <= from) {
      return Optional.empty();
    }
    String crc = new String(line, 0, CRC_DIGITS, UTF_8);
    String right = HexFormat.of().toHexDigits(crc(line, from, line.length - from), CRC_DIGITS);
    if (!crc.equals(right)) {
      return Optional.empty();
    }
    String[] words = new String(line, from, line.length - from, UTF_8).split(" ", 4);
    return words.length < 4 || words[1].length() != 1
        ? Optional.empty()
        : RecordKind.of(words[1].charAt(0))
            .map(kind -> new Frame(Long.parseLong(words[0]), kind, words[2], words[3]));
  }

  /** Returns a copy for a new file, of which nothing is on disk yet. */
  Frame inNewFile() {
    return new Frame(0, kind, id, text);
  }

  private static long crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return crc.getValue();
  }
}
