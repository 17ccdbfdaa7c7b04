package dev.sluice.openapi;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Whether JSON is as the schemas of a description say. */
final class Validation {

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final JsonNode components;
  private final Map<JsonNode, Schema> known = new HashMap<>();

  /** By this description, and more strictly than it is: objects have no other fields. */
  Validation(JsonNode description) {
    JsonNode strict = description.get("components").deepCopy();
    strict
        .get("schemas")
        .forEach(
            schema -> {
              if (schema.has("properties")) {
                ((ObjectNode) schema).put("additionalProperties", false);
              }
            });
    components = strict;
  }

  /** What is wrong with a value. */
  List<String> errors(JsonNode schema, JsonNode value) {
    return texts(known.computeIfAbsent(schema, this::whole).validate(value));
  }

  private Schema whole(JsonNode schema) {
    ObjectNode whole = JsonMapper.shared().createObjectNode();
    whole.putArray("allOf").add(schema);
    whole.set("components", components);
    return REGISTRY.getSchema(whole);
  }

  /** What is wrong with a schema itself. */
  static List<String> schemaErrors(JsonNode schema) {
    String dialect = SpecificationVersion.DRAFT_2020_12.getDialectId();
    return texts(REGISTRY.getSchema(SchemaLocation.of(dialect)).validate(schema));
  }

  /** What is wrong with a description, by the schema of OpenAPI itself. */
  static List<String> descriptionErrors(JsonNode description, JsonNode schemaOfOpenApi) {
    return texts(REGISTRY.getSchema(schemaOfOpenApi).validate(description));
  }

  private static List<String> texts(List<Error> errors) {
    List<String> texts = new ArrayList<>();
    errors.forEach(error -> texts.add(error.getInstanceLocation() + ": " + error.getMessage()));
    return texts;
  }
}
