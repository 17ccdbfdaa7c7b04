package dev.sluice.api.request;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads the value of a field. A wrong value is reported, and reading goes on with the next field.
 */
abstract class FieldDeserializer<T> extends ValueDeserializer<T> {

  /** Collects wrong values. */
  interface WrongValues {

    /**
     * Adds a wrong value.
     *
     * @param path where it is
     * @param complaint what was expected
     */
    void add(JsonPointer path, String complaint);
  }

  @Override
  public @Nullable T deserialize(JsonParser parser, DeserializationContext context) {
    JsonNode given = context.readTree(parser);
    try {
      return of(given);
    } catch (IllegalArgumentException e) {
      refuse(context, e.getMessage());
      return getNullValue(context);
    }
  }

  @Override
  public @Nullable T getNullValue(DeserializationContext context) {
    return null;
  }

  /**
   * Converts a value.
   *
   * @throws IllegalArgumentException if it is wrong; the message says what was expected
   */
  abstract T of(JsonNode given);

  /** Reports the value that the parser has just read as wrong. */
  static void refuse(DeserializationContext context, @Nullable String complaint) {
    WrongValues wrong = (WrongValues) context.getAttribute(WrongValues.class);
    wrong.add(context.getParser().streamReadContext().pathAsPointer(), String.valueOf(complaint));
  }
}
