package dev.sluice.export;

import dev.sluice.stream.StreamSettings;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.util.unit.DataSize;

/**
 * Numbers of bytes in nbdkit's notation: digits and at most one letter of either case. b is bytes,
 * s is sectors of 512 bytes, and k, M, G, T, P, E are powers of 1024. There are no fractions, and
 * no "KB" or "KiB", which are ambiguous.
 */
public enum ByteCount {
  /** A stream's size. */
  SIZE(1, StreamSettings.UNKNOWN_SIZE),
  /** A position in a stream. */
  POSITION(0, StreamSettings.UNKNOWN_SIZE),
  /** Memory for bytes out of order, or for bytes below the position. */
  WINDOW(0, DataSize.parse(ExportProperties.MAX_REORDER).toBytes()),
  /** Bytes at the start of a stream that clients may rewrite or reread. */
  HEAD(0, DataSize.parse(ExportProperties.MAX_HEAD).toBytes()),
  /** Bytes per second. */
  RATE(0, StreamSettings.MAX_RATE);

  private static final Pattern FORM =
      Pattern.compile("([0-9]+)([bskmgtpe]?)", Pattern.CASE_INSENSITIVE);
  private static final String POWERS = "bkmgtpe";

  private final long least;
  private final long most;

  ByteCount(long least, long most) {
    this.least = least;
    this.most = most;
  }

  /** Returns the smallest permitted number. */
  public long least() {
    return least;
  }

  /** Returns the largest permitted number. */
  public long most() {
    return most;
  }

  /** Returns the part of an error message that says what is permitted. */
  public String expected() {
    return ("expected a whole number of bytes from %d to %d, or a string of digits and one suffix"
            + " of b, s (512 bytes), k, M, G, T, P, E (powers of 1024)")
        .formatted(least, most);
  }

  /**
   * Parses a number of bytes.
   *
   * @throws IllegalArgumentException when the text is not a number of bytes, or is out of range;
   *     the message says what was expected
   */
  public long parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(expected());
    }
    try {
      return requireInRange(
          Math.multiplyExact(Long.parseLong(matcher.group(1)), unit(matcher.group(2))));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(tooLarge(), e);
    }
  }

  /**
   * Returns the number if it is in range.
   *
   * @throws IllegalArgumentException when it is not; the message says what was expected
   */
  public long requireInRange(long bytes) {
    if (bytes < least) {
      String what = least == 1 ? "it is not positive" : "it is negative";
      throw new IllegalArgumentException(what + "; " + expected());
    }
    if (bytes > most) {
      throw new IllegalArgumentException(tooLarge());
    }
    return bytes;
  }

  private String tooLarge() {
    return "it is too large; " + expected();
  }

  private static long unit(String suffix) {
    String letter = suffix.toLowerCase(Locale.ROOT);
    return letter.equals("s") ? StreamSettings.SECTOR : 1L << (10 * POWERS.indexOf(letter));
  }
}
