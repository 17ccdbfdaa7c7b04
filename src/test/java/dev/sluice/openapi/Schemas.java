package dev.sluice.openapi;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.export.ExportProperties;
import dev.sluice.stream.StreamState;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The schemas of records, each by a name of its own. */
final class Schemas {

  /** Those whose class's name is not that of the schema. */
  private static final Map<String, String> NAMES =
      Map.of(
          "ExportRequest$Clients", "ClientsRequest",
          "ExportView$Clients", "AllowedClients",
          "ExportView", "Export",
          "MadeExport$Data", "ExportData",
          "Page", "ExportPage");

  private static final ExportProperties DEFAULTS =
      new Binder(new MapConfigurationPropertySource())
          .bindOrCreate("sluice.exports", ExportProperties.class);

  private final ObjectNode all = JsonMapper.shared().createObjectNode();
  private final RestPage page;
  private final Facts facts;

  Schemas(RestPage page, Facts facts) {
    this.page = page;
    this.facts = facts;
    ObjectNode states =
        Types.oneOf(Stream.of(StreamState.values()).map(StreamState::name).toList());
    all.set("StreamState", states.put("description", "Where a stream is in its life"));
  }

  /** Those that were asked for, and what they refer to. */
  ObjectNode all() {
    return all;
  }

  /** A reference to that of a record, such as {@code dev.sluice.api.Page}. */
  ObjectNode of(String record) {
    try {
      return of(Class.forName(record));
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private ObjectNode of(Class<?> record) {
    if (record.getSimpleName().equals("ListedExport")) {
      return of("dev.sluice.api.ExportView"); // which it is written as
    }
    String name = name(record);
    if (!all.has(name)) {
      boolean sent = record.getPackageName().equals("dev.sluice.api.request");
      ObjectNode schema = all.putObject(name).put("type", "object");
      ObjectNode properties = schema.putObject("properties");
      ArrayNode required = JsonMapper.shared().createArrayNode();
      add(record, sent, name, properties, required);
      addMore(name, properties);
      if (!required.isEmpty()) {
        schema.set("required", required);
      }
      if (sent) {
        schema.put("additionalProperties", false);
      }
    }
    return reference(name);
  }

  private void addMore(String name, ObjectNode properties) {
    for (Map.Entry<String, JsonNode> more : facts.part("more").properties()) {
      if (more.getKey().startsWith(name + ".")) {
        String text = requireNonNull(facts.text("fields", more.getKey()), more.getKey());
        ObjectNode schema = ((ObjectNode) more.getValue()).deepCopy().put("description", text);
        properties.set(more.getKey().substring(name.length() + 1), schema);
      }
    }
  }

  static ObjectNode reference(String schema) {
    return JsonMapper.shared().createObjectNode().put("$ref", "#/components/schemas/" + schema);
  }

  private static String name(Class<?> record) {
    String name = record.getName().substring(record.getPackageName().length() + 1);
    return NAMES.getOrDefault(name, record.getSimpleName());
  }

  private void add(
      Class<?> record, boolean sent, String name, ObjectNode properties, ArrayNode required) {
    for (RecordComponent component : record.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        add(component.getType(), sent, name, properties, required);
        continue;
      }
      String field = component.getName();
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      boolean leftOut = component.getAccessor().isAnnotationPresent(JsonInclude.class);
      boolean optional = sent && (nullable || component.getType().isPrimitive());
      ObjectNode schema = sent ? Types.sent(component) : Types.shown(component.getGenericType());
      if (schema == null) {
        schema = records(component.getGenericType());
      }
      if (optional || (nullable && !leftOut)) {
        schema = Types.orNull(schema);
      }
      properties.set(field, described(schema, name, field, sent));
      if (!optional && !leftOut) {
        required.add(field);
      }
    }
  }

  private ObjectNode records(Type type) {
    return type instanceof ParameterizedType list
        ? Types.list(of((Class<?>) list.getActualTypeArguments()[0]))
        : of((Class<?>) type);
  }

  private ObjectNode described(ObjectNode schema, String record, String field, boolean sent) {
    String own = facts.text("fields", record + "." + field);
    String row = sent ? page.sent(field) : page.shown(field);
    String text = requireNonNull(own == null ? row : own, record + "." + field);
    JsonNode unit = facts.part("units").get(field);
    if (unit != null && !schema.has("x-unit")) {
      schema.set("x-unit", unit);
    }
    return schema.put(
        "description", record.equals("ExportRequest") ? text + addDefault(schema, field) : text);
  }

  /** Returns where it comes from. */
  private static String addDefault(ObjectNode schema, String field) {
    boolean truth = schema.path("type").path(0).asString("").equals("boolean");
    for (RecordComponent key : ExportProperties.class.getRecordComponents()) {
      if (key.getName().equals(field)) {
        put(schema, value(key));
        return ". The default is that of the key `sluice.exports.%s`"
            .formatted(field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
      }
    }
    if (truth) {
      schema.put("default", false);
    } else if (field.equals("rateLimit")) {
      schema.put("default", 0);
    }
    return "";
  }

  private static void put(ObjectNode schema, Object value) {
    switch (value) {
      case DataSize size -> schema.put("default", size.toBytes());
      case Duration time -> schema.put("default", time.toSeconds());
      case Boolean truth -> schema.put("default", truth);
      default -> throw new IllegalArgumentException(value.toString());
    }
  }

  private static Object value(RecordComponent key) {
    try {
      return key.getAccessor().invoke(DEFAULTS);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** That of RFC 9457, with what Sluice adds. */
  ObjectNode problem() {
    if (!all.has("Problem")) {
      ObjectNode properties = Types.of("object").putObject("properties");
      for (String field : List.of("type", "title", "status", "detail", "instance", "field")) {
        properties.set(field, Types.of("string"));
      }
      properties.set("type", Types.of("string").put("format", "uri-reference"));
      properties.set("status", Types.of("integer").put("minimum", 400).put("maximum", 599));
      properties.set("instance", Types.of("string").put("format", "uri-reference"));
      properties.set("value", JsonMapper.shared().createObjectNode());
      properties.set("errors", Types.list(of("dev.sluice.api.problem.FieldError")));
      properties
          .propertyNames()
          .forEach(field -> described((ObjectNode) properties.get(field), "Problem", field, false));
      ObjectNode problem = all.putObject("Problem").put("type", "object");
      problem.set("properties", properties);
      problem.putArray("required").add("type").add("title").add("status").add("detail");
    }
    return reference("Problem");
  }
}
