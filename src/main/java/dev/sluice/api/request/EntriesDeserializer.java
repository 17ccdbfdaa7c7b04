package dev.sluice.api.request;

import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;

/** Reads a list of strings, and parses each. Every wrong entry is reported. */
abstract class EntriesDeserializer<T> extends ValueDeserializer<List<T>> {

  /**
   * The maximum number of entries. All are compared with each client, on the thread that all
   * handshakes share.
   */
  private static final int MAX_ENTRIES = 64;

  private static final String EXPECTED =
      "expected a list of 1 to %d strings".formatted(MAX_ENTRIES);

  private final Function<String, T> parse;

  private EntriesDeserializer(Function<String, T> parse) {
    this.parse = parse;
  }

  /** Reads networks that clients may connect from. */
  static final class Networks extends EntriesDeserializer<Network> {
    Networks() {
      super(Network::parse);
    }
  }

  /** Reads subjects that the certificates of clients may have. */
  static final class Subjects extends EntriesDeserializer<Subject> {
    Subjects() {
      super(Subject::parse);
    }
  }

  @Override
  public @Nullable List<T> deserialize(JsonParser parser, DeserializationContext context) {
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      parser.skipChildren();
      FieldDeserializer.refuse(context, EXPECTED);
      return null;
    }
    List<T> entries = new ArrayList<>();
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      JsonNode given = context.readTree(parser);
      count++;
      T entry = count > MAX_ENTRIES ? null : entry(given, context);
      if (entry != null) {
        entries.add(entry);
      }
    }
    if (count == 0 || count > MAX_ENTRIES) {
      FieldDeserializer.refuse(context, EXPECTED);
    }
    return entries;
  }

  private @Nullable T entry(JsonNode given, DeserializationContext context) {
    if (!given.isString()) {
      FieldDeserializer.refuse(context, "expected strings in it");
      return null;
    }
    try {
      return parse.apply(given.stringValue());
    } catch (IllegalArgumentException e) {
      FieldDeserializer.refuse(context, e.getMessage());
      return null;
    }
  }
}
