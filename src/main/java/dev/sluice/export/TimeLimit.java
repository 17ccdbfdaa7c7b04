package dev.sluice.export;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.convert.DurationStyle;

/** How long something may take, as people write it: a number of seconds, or one with a unit. */
public final class TimeLimit {

  private static final Duration MOST = Duration.ofDays(ExportProperties.MAX_TIMEOUT_DAYS);

  /** What would do instead of something else. */
  public static final String EXPECTED =
      "expected a whole number of seconds, or a string such as \"500ms\", \"30s\", \"10m\", \"2h\","
          + " from 0 (never) to "
          + ExportProperties.MAX_TIMEOUT_DAYS
          + " days";

  private TimeLimit() {}

  /**
   * The time that a text stands for.
   *
   * @throws IllegalArgumentException when it is none, or out of range; the message says what was
   *     expected
   */
  public static Duration parse(String text) {
    try {
      return requireInRange(DurationStyle.detectAndParse(text, ChronoUnit.SECONDS));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
  }

  /** The time itself, if it is in range. */
  public static Duration requireInRange(Duration time) {
    if (time.isNegative() || time.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return time;
  }
}
