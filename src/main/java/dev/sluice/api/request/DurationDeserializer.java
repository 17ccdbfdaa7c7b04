package dev.sluice.api.request;

import dev.sluice.export.ExportProperties;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.databind.JsonNode;

/** Reads a length of time: seconds as a number, or a string with a unit. */
final class DurationDeserializer extends FieldDeserializer<Duration> {

  private static final Duration MOST = Duration.ofDays(ExportProperties.MAX_TIMEOUT_DAYS);

  private static final String EXPECTED =
      "expected a whole number of seconds, or a string such as \"500ms\", \"30s\", \"10m\", \"2h\","
          + " from 0 (never) to "
          + ExportProperties.MAX_TIMEOUT_DAYS
          + " days";

  @Override
  Duration of(JsonNode given) {
    Duration time = read(given);
    if (time == null || time.isNegative() || time.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return time;
  }

  private static @Nullable Duration read(JsonNode given) {
    if (given.isString()) {
      try {
        return DurationStyle.detectAndParse(given.stringValue(), ChronoUnit.SECONDS);
      } catch (IllegalArgumentException | ArithmeticException e) {
        return null;
      }
    }
    return given.isIntegralNumber() && given.canConvertToInt()
        ? Duration.ofSeconds(given.intValue())
        : null;
  }
}
