package dev.sluice.export;

import dev.sluice.stream.StreamSettings;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them for nbdkit: digits and at most one letter of either case. b is bytes,
 * s is sectors of 512 bytes, and k, M, G, T, P, E are powers of 1024. There are no fractions, and
 * no "KB" or "KiB", of which nobody knows which is which.
 */
final class ExportSize {

  static final long MAX = StreamSettings.UNKNOWN_SIZE;

  static final String EXPECTED =
      "expected a whole number of bytes from 1 to "
          + MAX
          + ", or a string of digits and one suffix of b, s (512 bytes), k, M, G, T, P, E"
          + " (powers of 1024)";

  private static final Pattern FORM =
      Pattern.compile("([0-9]+)([bskmgtpe]?)", Pattern.CASE_INSENSITIVE);
  private static final String POWERS = "bkmgtpe";

  private ExportSize() {}

  /**
   * The size in bytes that a text stands for.
   *
   * @throws IllegalArgumentException when it is no size, or is not from 1 to {@link #MAX}; the
   *     message says what was expected
   */
  static long parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    try {
      return requireInRange(
          Math.multiplyExact(Long.parseLong(matcher.group(1)), unit(matcher.group(2))));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(tooLarge(), e);
    }
  }

  /** The number of bytes itself, if it can be a size. */
  static long requireInRange(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("it is not positive; " + EXPECTED);
    }
    if (bytes > MAX) {
      throw new IllegalArgumentException(tooLarge());
    }
    return bytes;
  }

  static String tooLarge() {
    return "it is too large; " + EXPECTED;
  }

  private static long unit(String suffix) {
    String letter = suffix.toLowerCase(Locale.ROOT);
    return letter.equals("s") ? StreamSettings.SECTOR : 1L << (10 * POWERS.indexOf(letter));
  }
}
