package dev.sluice.openapi;

import dev.sluice.api.request.Bytes;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.ByteCount;
import dev.sluice.export.Labels;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON schemas of what stands in a record's component, except of other records. */
final class Types {

  /** How the only value of an enum is written, where {@code FieldTypes} says so. */
  private static final Map<String, String> WORDS =
      Map.of("HTTP", "http", "SHA_256", "SHA-256", "ZERO", "zero", "ACCEPT", "accept");

  private static final String BYTES = "^[0-9]+[bBsSkKmMgGtTpPeE]?$";
  private static final String TIME = "^([0-9]+[a-zA-Z]{0,2}|[pP].*)$";
  private static final int MOST_ENTRIES = 64;

  private Types() {}

  /** What a request may have there; null if it is a record. */
  static ObjectNode sent(RecordComponent component) {
    Class<?> type = component.getType();
    Bytes bytes = component.getAccessor().getAnnotation(Bytes.class);
    if (bytes != null) {
      return bytes(bytes.value());
    }
    if (type == Duration.class) {
      return of("integer", "string")
          .put("minimum", 0)
          .put("maximum", Integer.MAX_VALUE)
          .put("pattern", TIME)
          .put("x-unit", "seconds");
    }
    if (type == FilePath.class) {
      return of("string").put("pattern", "^/");
    }
    if (type == Labels.class) {
      ObjectNode labels = of("object").put("maxProperties", Labels.MOST);
      labels.set("additionalProperties", of("string").put("maxLength", 63));
      return labels;
    }
    if (component.getName().equals("name")) {
      return of("string").put("pattern", "^[A-Za-z0-9._-]{1,128}$");
    }
    return entries(component.getGenericType())
        ? list(of("string")).put("minItems", 1).put("maxItems", MOST_ENTRIES)
        : shown(component.getGenericType());
  }

  private static boolean entries(Type type) {
    return type instanceof ParameterizedType list
        && (list.getActualTypeArguments()[0] == Subject.class
            || list.getActualTypeArguments()[0] == Network.class);
  }

  private static ObjectNode bytes(ByteCount range) {
    return of("integer", "string")
        .put("format", "int64")
        .put("minimum", range.least())
        .put("maximum", range.most())
        .put("pattern", BYTES)
        .put("x-unit", range == ByteCount.RATE ? "bytes per second" : "bytes");
  }

  /** What a response has there; null if it is a record. */
  static ObjectNode shown(Type type) {
    if (type instanceof ParameterizedType generic) {
      if (generic.getRawType() == Map.class) {
        ObjectNode map = of("object");
        map.set("additionalProperties", of("string"));
        return map;
      }
      ObjectNode items = shown(generic.getActualTypeArguments()[0]);
      return items == null ? null : list(items);
    }
    return shown((Class<?>) type);
  }

  private static ObjectNode shown(Class<?> type) {
    if (type == String.class) {
      return of("string");
    }
    if (type == boolean.class || type == Boolean.class) {
      return of("boolean");
    }
    if (type == long.class || type == Long.class) {
      return of("integer").put("format", "int64").put("minimum", 0);
    }
    if (type == int.class || type == Integer.class) {
      return of("integer").put("format", "int32").put("minimum", 0);
    }
    if (type == Duration.class || type == Instant.class || type == URI.class) {
      String format = type == URI.class ? "uri" : type == Instant.class ? "date-time" : "duration";
      return of("string").put("format", format);
    }
    if (type == Direction.class) {
      return oneOf(List.of("write", "read"));
    }
    if (type == StreamState.class) {
      return JsonMapper.shared().createObjectNode().put("$ref", "#/components/schemas/StreamState");
    }
    if (type.isEnum()) {
      return oneOf(
          Stream.of(type.getEnumConstants()).map(word -> WORDS.get(word.toString())).toList());
    }
    return type == Object.class ? JsonMapper.shared().createObjectNode() : null;
  }

  static ObjectNode list(ObjectNode items) {
    ObjectNode list = of("array");
    list.set("items", items);
    return list;
  }

  static ObjectNode oneOf(List<String> words) {
    ObjectNode schema = of("string");
    ArrayNode values = schema.putArray("enum");
    words.forEach(values::add);
    return schema;
  }

  static ObjectNode of(String... types) {
    ObjectNode schema = JsonMapper.shared().createObjectNode();
    if (types.length == 1) {
      return schema.put("type", types[0]);
    }
    ArrayNode all = schema.putArray("type");
    Stream.of(types).forEach(all::add);
    return schema;
  }

  /** Or null. */
  static ObjectNode orNull(ObjectNode schema) {
    if (schema.has("$ref")) {
      ObjectNode either = JsonMapper.shared().createObjectNode();
      either.putArray("oneOf").add(schema).add(of("null"));
      return either;
    }
    if (schema.has("enum")) {
      ((ArrayNode) schema.get("enum")).addNull();
    }
    if (!schema.has("type")) {
      return schema;
    }
    ArrayNode types = JsonMapper.shared().createArrayNode();
    if (schema.get("type").isArray()) {
      schema.get("type").forEach(types::add);
    } else {
      types.add(schema.get("type"));
    }
    schema.set("type", types.add("null"));
    return schema;
  }
}
