package dev.sluice.api.request;

import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Reads a string, and parses it. */
class TextDeserializer<T> extends FieldDeserializer<T> {

  private final Function<String, T> parse;

  /**
   * Creates a deserializer.
   *
   * @param parse throws IllegalArgumentException with a message that says what was expected
   */
  TextDeserializer(Function<String, T> parse) {
    this.parse = parse;
  }

  /** Reads an export's name. */
  static final class Name extends TextDeserializer<String> {

    Name() {
      super(RequestedName::checked);
    }
  }

  @Override
  T of(JsonNode given) {
    if (!given.isString()) {
      throw new IllegalArgumentException("expected a string");
    }
    return parse.apply(given.stringValue());
  }
}
