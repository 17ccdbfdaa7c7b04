package dev.sluice.api;

import dev.sluice.api.ExportRequest.Digest;
import dev.sluice.api.FinishRequest.Pad;
import dev.sluice.api.FinishRequest.Unread;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.ExportName;
import dev.sluice.export.ExportProperties;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Direction;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * What a field can be. A deserializer that is given something else refuses it by what it expected,
 * and the reader goes on with the next field.
 */
final class FieldDeserializers {

  private static final JsonMapper MAPPER = JsonMapper.builder().addModule(module()).build();

  /** Who is told of each value that is refused. */
  interface Refusals {

    /** A value was refused: where it is, and what was wrong with it. */
    void add(JsonPointer path, String complaint);
  }

  private FieldDeserializers() {}

  /** A reader that goes on where a value is refused. */
  static ObjectReader reader(Class<?> type, Refusals refusals) {
    return MAPPER.readerFor(type).withAttribute(Refusals.class, refusals);
  }

  /** All that fields need which are not annotated. */
  private static JacksonModule module() {
    return new SimpleModule()
        .addDeserializer(FilePath.class, new Text<>(FilePath::new))
        .addDeserializer(Duration.class, new Time())
        .addDeserializer(Boolean.class, new Flag(null))
        .addDeserializer(boolean.class, new Flag(false))
        .addDeserializer(
            Direction.class,
            new Text<>(
                text ->
                    switch (text) {
                      case "write" -> Direction.WRITE;
                      case "read" -> Direction.READ;
                      default ->
                          throw new IllegalArgumentException("expected \"write\" or \"read\"");
                    }))
        .addDeserializer(Digest.class, only("SHA-256", Digest.SHA_256))
        .addDeserializer(Pad.class, only("zero", Pad.ZERO))
        .addDeserializer(Unread.class, only("accept", Unread.ACCEPT));
  }

  private static <T> Text<T> only(String word, T meaning) {
    return new Text<>(
        text -> {
          if (!text.equals(word)) {
            throw new IllegalArgumentException("expected \"%s\"".formatted(word));
          }
          return meaning;
        });
  }

  /** One value of JSON, whatever it is. */
  abstract static class Field<T> extends ValueDeserializer<T> {

    @Override
    public @Nullable T deserialize(JsonParser parser, DeserializationContext context) {
      JsonNode given = context.readTree(parser);
      try {
        return of(given);
      } catch (IllegalArgumentException e) {
        refuse(context, e.getMessage());
        return otherwise();
      }
    }

    /** What stands for a value that is not there. */
    @Nullable T otherwise() {
      return null;
    }

    /**
     * What it stands for.
     *
     * @throws IllegalArgumentException when it is nothing of the kind; the message says what was
     *     expected
     */
    abstract T of(JsonNode given);
  }

  /** A string with a meaning. */
  static class Text<T> extends Field<T> {

    private final Function<String, T> parse;

    Text(Function<String, T> parse) {
      this.parse = parse;
    }

    @Override
    T of(JsonNode given) {
      if (!given.isString()) {
        throw new IllegalArgumentException("expected a string");
      }
      return parse.apply(given.stringValue());
    }
  }

  /** An export's name. */
  static final class Name extends Text<String> {
    Name() {
      super(Name::checked);
    }

    private static String checked(String name) {
      ExportName.complaint(name)
          .ifPresent(
              complaint -> {
                throw new IllegalArgumentException(complaint);
              });
      return name;
    }
  }

  /** True or false. */
  private static final class Flag extends Field<Boolean> {

    private final @Nullable Boolean otherwise;

    Flag(@Nullable Boolean otherwise) {
      this.otherwise = otherwise;
    }

    @Override
    public @Nullable Boolean getNullValue(DeserializationContext context) {
      return otherwise;
    }

    @Override
    @Nullable Boolean otherwise() {
      return otherwise;
    }

    @Override
    Boolean of(JsonNode given) {
      if (!given.isBoolean()) {
        throw new IllegalArgumentException("expected true or false");
      }
      return given.booleanValue();
    }
  }

  /** A number of bytes, see {@link ByteCount}. */
  static final class Count extends Field<Long> {

    private final ByteCount range;

    Count() {
      this(ByteCount.SIZE);
    }

    private Count(ByteCount range) {
      this.range = range;
    }

    @Override
    public ValueDeserializer<?> createContextual(
        DeserializationContext context, BeanProperty field) {
      return new Count(field.getAnnotation(Bytes.class).value());
    }

    @Override
    Long of(JsonNode given) {
      if (given.isString()) {
        return range.parse(given.stringValue());
      }
      if (given.isIntegralNumber()) {
        return range.requireInRange(clamped(given.bigIntegerValue()));
      }
      throw new IllegalArgumentException(range.expected());
    }

    /** For numbers that no long can hold. */
    private static long clamped(BigInteger number) {
      if (number.bitLength() < Long.SIZE) {
        return number.longValue();
      }
      return number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** A length of time. */
  private static final class Time extends Field<Duration> {

    private static final Duration MOST = Duration.ofDays(ExportProperties.MAX_TIMEOUT_DAYS);

    private static final String EXPECTED =
        "expected a whole number of seconds, or a string such as \"500ms\", \"30s\", \"10m\","
            + " \"2h\", from 0 (never) to "
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

  /** A list of strings with a meaning; each that is wrong is refused by itself. */
  abstract static class Entries<T> extends ValueDeserializer<List<T>> {

    /** So much is compared with each client, on the thread that all handshakes share. */
    private static final int MOST = 64;

    private static final String EXPECTED = "expected a list of 1 to %d strings".formatted(MOST);

    private final Function<String, T> parse;

    Entries(Function<String, T> parse) {
      this.parse = parse;
    }

    @Override
    public @Nullable List<T> deserialize(JsonParser parser, DeserializationContext context) {
      if (!parser.hasToken(JsonToken.START_ARRAY)) {
        parser.skipChildren();
        refuse(context, EXPECTED);
        return null;
      }
      List<T> entries = new ArrayList<>();
      int count = 0;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        count++;
        T entry = count > MOST ? null : entry(context.readTree(parser), context);
        if (entry != null) {
          entries.add(entry);
        }
      }
      if (count == 0 || count > MOST) {
        refuse(context, EXPECTED);
      }
      return entries;
    }

    private @Nullable T entry(JsonNode given, DeserializationContext context) {
      if (!given.isString()) {
        refuse(context, "expected strings in it");
        return null;
      }
      try {
        return parse.apply(given.stringValue());
      } catch (IllegalArgumentException e) {
        refuse(context, e.getMessage());
        return null;
      }
    }
  }

  /** Networks that clients may connect from. */
  static final class Networks extends Entries<Network> {
    Networks() {
      super(Network::parse);
    }
  }

  /** Whom clients' certificates may be for. */
  static final class Subjects extends Entries<Subject> {
    Subjects() {
      super(Subject::parse);
    }
  }

  /** Notes what is wrong with the value that the parser has just passed. */
  private static void refuse(DeserializationContext context, @Nullable String complaint) {
    Refusals refusals = (Refusals) context.getAttribute(Refusals.class);
    refusals.add(
        context.getParser().streamReadContext().pathAsPointer(), String.valueOf(complaint));
  }
}
