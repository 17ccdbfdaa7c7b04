package dev.sluice.export.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Named fields as one line of text: {@code name=value} pairs with a space between two, and values
 * encoded as in a URL's query. Readers ignore fields that they do not know, so a newer release may
 * add some.
 */
final class Fields {

  private final Map<String, String> values = new LinkedHashMap<>();

  /** Parses a line. */
  static Fields parse(String text) {
    Fields fields = new Fields();
    Stream.of(text.split(" "))
        .map(word -> word.split("=", 2))
        .filter(pair -> pair.length == 2)
        .forEach(pair -> fields.values.put(pair[0], URLDecoder.decode(pair[1], UTF_8)));
    return fields;
  }

  String text() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + written(entry.getValue()))
        .collect(Collectors.joining(" "));
  }

  /** Returns a value in its encoded form. */
  static String written(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  /** Adds a field, unless the value is null. */
  Fields put(String name, @Nullable Object value) {
    if (value != null) {
      values.put(name, value.toString());
    }
    return this;
  }

  /** Adds the number of values, and a numbered field for each of them. */
  Fields putAll(String name, List<?> all) {
    put(name, all.size());
    for (int i = 0; i < all.size(); i++) {
      put(name + i, all.get(i));
    }
    return this;
  }

  @Nullable String find(String name) {
    return values.get(name);
  }

  String get(String name) {
    String value = find(name);
    if (value == null) {
      throw new IllegalArgumentException("it has no field " + name);
    }
    return value;
  }

  long number(String name) {
    return Long.parseLong(get(name));
  }

  boolean is(String name) {
    return Boolean.parseBoolean(find(name));
  }

  Duration duration(String name) {
    return Duration.parse(get(name));
  }

  @Nullable Instant findTime(String name) {
    String value = find(name);
    return value == null ? null : Instant.parse(value);
  }

  <T> List<T> all(String name, Function<String, T> parse) {
    String count = find(name);
    return count == null
        ? List.of()
        : Stream.iterate(0, i -> i + 1)
            .limit(Integer.parseInt(count))
            .map(i -> parse.apply(get(name + i)))
            .toList();
  }
}
