package dev.sluice.api.request;

import dev.sluice.export.TimeLimit;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Reads a duration: a number of seconds, or a string with a unit. */
final class DurationDeserializer extends FieldDeserializer<Duration> {

  @Override
  Duration of(JsonNode given) {
    if (given.isString()) {
      return TimeLimit.parse(given.stringValue());
    }
    if (given.isIntegralNumber() && given.canConvertToInt()) {
      return TimeLimit.requireInRange(Duration.ofSeconds(given.intValue()));
    }
    throw new IllegalArgumentException(TimeLimit.EXPECTED);
  }
}
