package dev.sluice.api.request;

import dev.sluice.api.request.ExportRequest.Digest;
import dev.sluice.api.request.ExportRequest.Peer;
import dev.sluice.api.request.FieldDeserializer.WrongValues;
import dev.sluice.api.request.FinishRequest.Pad;
import dev.sluice.api.request.FinishRequest.Unread;
import dev.sluice.export.Labels;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Direction;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Deserializers for the types of request fields. */
final class FieldTypes {

  private static final JsonMapper MAPPER = JsonMapper.builder().addModule(module()).build();

  private FieldTypes() {}

  /** Returns a reader that reports wrong values and goes on. */
  static ObjectReader reader(Class<?> type, WrongValues wrong) {
    return MAPPER.readerFor(type).withAttribute(WrongValues.class, wrong);
  }

  private static JacksonModule module() {
    return new SimpleModule()
        .addDeserializer(FilePath.class, new TextDeserializer<>(FilePath::new))
        .addDeserializer(Long.class, new ByteCountDeserializer())
        .addDeserializer(Duration.class, new DurationDeserializer())
        .addDeserializer(Boolean.class, new Flag(null))
        .addDeserializer(boolean.class, new Flag(false))
        .addDeserializer(Direction.class, new TextDeserializer<>(FieldTypes::direction))
        .addDeserializer(Labels.class, new LabelsDeserializer())
        .addDeserializer(Peer.class, only("http", Peer.HTTP))
        .addDeserializer(Digest.class, only("SHA-256", Digest.SHA_256))
        .addDeserializer(Pad.class, only("zero", Pad.ZERO))
        .addDeserializer(Unread.class, only("accept", Unread.ACCEPT));
  }

  private static Direction direction(String text) {
    return switch (text) {
      case "write" -> Direction.WRITE;
      case "read" -> Direction.READ;
      default -> throw new IllegalArgumentException("expected \"write\" or \"read\"");
    };
  }

  private static <T> TextDeserializer<T> only(String word, T meaning) {
    return new TextDeserializer<>(
        text -> {
          if (!text.equals(word)) {
            throw new IllegalArgumentException("expected \"%s\"".formatted(word));
          }
          return meaning;
        });
  }

  /** Reads true or false. */
  private static final class Flag extends FieldDeserializer<Boolean> {

    private final @Nullable Boolean otherwise;

    Flag(@Nullable Boolean otherwise) {
      this.otherwise = otherwise;
    }

    @Override
    public @Nullable Boolean getNullValue(DeserializationContext context) {
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
}
