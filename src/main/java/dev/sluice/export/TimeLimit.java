package dev.sluice.export;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.convert.DurationStyle;

/** Time limits in their text form: a number of seconds, or a number with a unit. */
public final class TimeLimit {

  private static final Duration MOST = Duration.ofDays(ExportProperties.MAX_TIMEOUT_DAYS);

  /** The part of an error message that says what is permitted. */
  public static final String EXPECTED =
      "expected a whole number of seconds, or a string such as \"500ms\", \"30s\", \"10m\", \"2h\","
          + " from 0 (never) to "
          + ExportProperties.MAX_TIMEOUT_DAYS
          + " days";

  private TimeLimit() {}

  /**
   * Parses a time limit.
   *
   * @throws IllegalArgumentException when the text is not a time, or is out of range; the message
   *     says what was expected
   */
  public static Duration parse(String text) {
    try {
      return requireInRange(DurationStyle.detectAndParse(text, ChronoUnit.SECONDS));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
  }

  /**
   * Returns the time if it is in range.
   *
   * @throws IllegalArgumentException when it is not; the message says what was expected
   */
  public static Duration requireInRange(Duration time) {
    if (time.isNegative() || time.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return time;
  }
}
