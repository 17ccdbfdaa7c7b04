package dev.sluice.api;

import dev.sluice.export.ExportProperties;
import dev.sluice.export.RefusedException;
import dev.sluice.export.RefusedException.Reason;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fields of a request's body, each read as what it is to be, or refused by its name. A null is
 * the same as a field left out.
 */
final class JsonFields {

  private static final int MAX_DEPTH = 8;

  private static final String EXPECTED_DURATION =
      "expected a whole number of seconds, or a string such as \"500ms\", \"30s\", \"10m\", \"2h\","
          + " from 0 (never) to "
          + ExportProperties.MAX_TIMEOUT_DAYS
          + " days";

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** What Jackson says of its own settings. */
  private static final Pattern FOR_PROGRAMMERS =
      Pattern.compile(" \\([^(\\[]*\\[Source: [^]]*]\\)|, from `[^`]*`");

  private final JsonNode body;

  /** What the names of these fields begin with where they are named. */
  private final String prefix;

  private JsonFields(JsonNode body, String prefix) {
    this.body = body;
    this.prefix = prefix;
  }

  /**
   * Reads an object.
   *
   * @param permitted the fields that it may have
   * @throws RefusedException when it is no JSON object or has other fields
   */
  static JsonFields of(byte[] json, List<String> permitted) {
    JsonNode body;
    try {
      body = STRICT.readTree(json);
    } catch (JacksonException e) {
      throw malformed(e);
    }
    if (!body.isObject()) {
      throw RefusedException.because(
          Reason.INVALID, "the body is not a JSON object; expected the fields " + permitted);
    }
    return of(body, "", permitted);
  }

  private static JsonFields of(JsonNode object, String prefix, List<String> permitted) {
    JsonFields fields = new JsonFields(object, prefix);
    for (String field : object.propertyNames()) {
      if (!permitted.contains(field)) {
        throw fields.invalid(field, "there is no such field; expected " + permitted);
      }
    }
    return fields;
  }

  private static RefusedException malformed(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String where =
        at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
    String what =
        e instanceof MismatchedInputException
            ? "there is more after the object"
            : FOR_PROGRAMMERS.matcher(e.getOriginalMessage()).replaceAll("");
    return RefusedException.because(Reason.INVALID, "the body is not valid JSON: " + what + where);
  }

  /** Whether a field is there at all, be it null. */
  boolean has(String field) {
    return body.has(field);
  }

  /** The text of a field that has to be there. */
  String requiredString(String field) {
    String text = string(field);
    if (text == null) {
      throw invalid(field, "it is required");
    }
    return text;
  }

  /** A field's text, or null when it is left out. */
  @Nullable String string(String field) {
    JsonNode node = given(field);
    if (node == null) {
      return null;
    }
    if (!node.isString()) {
      throw invalid(field, "expected a string");
    }
    return node.stringValue();
  }

  /** A field's number of bytes. */
  long bytes(String field, ByteCount range, long otherwise) {
    JsonNode node = given(field);
    if (node == null) {
      return otherwise;
    }
    try {
      if (node.isString()) {
        return range.parse(node.stringValue());
      }
      if (node.isIntegralNumber()) {
        return range.requireInRange(clamped(node.bigIntegerValue()));
      }
    } catch (IllegalArgumentException e) {
      throw invalid(field, String.valueOf(e.getMessage()));
    }
    throw invalid(field, range.expected());
  }

  /** A field's length of time. */
  Duration duration(String field, Duration otherwise) {
    JsonNode node = given(field);
    if (node == null) {
      return otherwise;
    }
    Duration duration = null;
    if (node.isString()) {
      try {
        duration = DurationStyle.detectAndParse(node.stringValue(), ChronoUnit.SECONDS);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw invalid(field, EXPECTED_DURATION);
      }
    } else if (node.isIntegralNumber() && node.canConvertToInt()) {
      duration = Duration.ofSeconds(node.intValue());
    }
    if (duration == null
        || duration.isNegative()
        || duration.compareTo(Duration.ofDays(ExportProperties.MAX_TIMEOUT_DAYS)) > 0) {
      throw invalid(field, EXPECTED_DURATION);
    }
    return duration;
  }

  /** A field's truth value, false when it is left out. */
  boolean flag(String field) {
    return flag(field, false);
  }

  /** A field's truth value. */
  boolean flag(String field, boolean otherwise) {
    JsonNode node = given(field);
    if (node == null) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      throw invalid(field, "expected true or false");
    }
    return node.booleanValue();
  }

  /** The fields of a field that is an object itself, or null when it is left out. */
  @Nullable JsonFields object(String field, List<String> permitted) {
    JsonNode node = given(field);
    if (node == null) {
      return null;
    }
    if (!node.isObject()) {
      throw invalid(field, "expected an object with the fields " + permitted);
    }
    return of(node, prefix + field + ".", permitted);
  }

  /**
   * The entries of a field's list, which is not empty; none when it is left out.
   *
   * @param parse throws IllegalArgumentException with a message that says what was expected
   */
  <T> List<T> list(String field, int most, Function<String, T> parse) {
    JsonNode node = given(field);
    if (node == null) {
      return List.of();
    }
    if (!node.isArray() || node.isEmpty() || node.size() > most) {
      throw invalid(field, "expected a list of 1 to %d strings".formatted(most));
    }
    return node.valueStream().map(entry -> entry(field, entry, parse)).toList();
  }

  private <T> T entry(String field, JsonNode entry, Function<String, T> parse) {
    if (!entry.isString()) {
      throw invalid(field, entry, "expected strings in it");
    }
    try {
      return parse.apply(entry.stringValue());
    } catch (IllegalArgumentException e) {
      throw invalid(field, entry, String.valueOf(e.getMessage()));
    }
  }

  /** Refuses a field's value. */
  RefusedException invalid(String field, String complaint) {
    return invalid(field, body.get(field), complaint);
  }

  private RefusedException invalid(String field, @Nullable JsonNode value, String complaint) {
    return RefusedException.of(Reason.INVALID, Problems.cut(prefix + field), value, complaint);
  }

  private @Nullable JsonNode given(String field) {
    JsonNode node = body.get(field);
    return node == null || node.isNull() ? null : node;
  }

  /** For numbers that no long can hold. */
  private static long clamped(BigInteger number) {
    if (number.bitLength() < Long.SIZE) {
      return number.longValue();
    }
    return number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}
