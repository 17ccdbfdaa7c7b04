package dev.sluice.api.request;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads the value of a field. A value that is something else is refused by what was expected, and
 * the next field is read.
 */
abstract class FieldDeserializer<T> extends ValueDeserializer<T> {

  /** What is told of each value that is refused. */
  interface WrongValues {

    /** A value was refused: where it is, and what was wrong with it. */
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
   * What a value stands for.
   *
   * @throws IllegalArgumentException when it is nothing of the kind; the message says what was
   *     expected
   */
  abstract T of(JsonNode given);

  /** Tells what is wrong with the value that the parser has just passed. */
  static void refuse(DeserializationContext context, @Nullable String complaint) {
    WrongValues wrong = (WrongValues) context.getAttribute(WrongValues.class);
    wrong.add(context.getParser().streamReadContext().pathAsPointer(), String.valueOf(complaint));
  }
}
