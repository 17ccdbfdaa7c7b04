package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The description is one of OpenAPI 3.1, its schemas are schemas, and nothing is left unsaid. */
class ValidDescriptionTest {

  private static JsonNode description;

  @BeforeAll
  static void read() throws IOException {
    description = json("/openapi.json");
  }

  private static JsonNode json(String resource) throws IOException {
    try (InputStream file = ValidDescriptionTest.class.getResourceAsStream(resource)) {
      return JsonMapper.shared().readTree(file);
    }
  }

  /** The newest of OpenAPI's own; it is a copy, as the tests have no network. */
  @Test
  void itIsValidByTheSchemaOfOpenApi() throws IOException {
    JsonNode schema = json("/openapi/oas-3.1-schema-2026-08-03.json");

    assertThat(Validation.descriptionErrors(description, schema)).isEmpty();
    ObjectNode broken = (ObjectNode) description.deepCopy();
    broken.withObjectProperty("paths").withObjectProperty("/exports").put("put", "nothing");
    assertThat(Validation.descriptionErrors(broken, schema)).isNotEmpty();
  }

  @Test
  void itsSchemasAreValid() {
    List<JsonNode> schemas = new ArrayList<>(description.findValues("schema"));
    description.at("/components/schemas").forEach(schemas::add);

    assertThat(schemas).hasSizeGreaterThan(50);
    for (JsonNode schema : schemas) {
      assertThat(Validation.schemaErrors(schema)).as(schema.toString()).isEmpty();
    }
  }

  @Test
  void everyReferenceLeadsSomewhereAndNothingIsUnused() {
    Set<String> referred = new TreeSet<>();
    for (JsonNode reference : description.findValues("$ref")) {
      String pointer = reference.stringValue().substring(1);
      assertThat(description.at(pointer).isMissingNode()).as(pointer).isFalse();
      referred.add(pointer);
    }
    // It is for those who send another method than is described.
    referred.add("/components/examples/wrong-method");
    Set<String> there = new TreeSet<>();
    for (String part : List.of("schemas", "responses", "headers", "examples")) {
      description
          .at("/components/" + part)
          .propertyNames()
          .forEach(name -> there.add("/components/" + part + "/" + name));
    }

    assertThat(referred).isEqualTo(there);
  }

  @Test
  void everyFieldHasADescriptionAndADefaultThatItMayHave() {
    Validation validation = new Validation(description);
    int defaults = 0;
    for (var schema : description.at("/components/schemas").properties()) {
      for (var field : schema.getValue().path("properties").properties()) {
        String name = schema.getKey() + "." + field.getKey();
        assertThat(field.getValue().path("description").asString("")).as(name).isNotBlank();
        if (field.getValue().has("default")) {
          JsonNode value = field.getValue().get("default");
          assertThat(validation.errors(field.getValue(), value)).as(name).isEmpty();
          defaults++;
        }
      }
    }

    assertThat(defaults).isGreaterThan(15);
  }

  @Test
  void everyNumberHasAUnitUnlessItIsACount() {
    for (var schema : description.at("/components/schemas").properties()) {
      for (var field : schema.getValue().path("properties").properties()) {
        if (field.getValue().path("type").toString().contains("integer")
            && !Set.of("clients", "status").contains(field.getKey())) {
          assertThat(field.getValue().path("x-unit").asString(""))
              .as("%s.%s", schema.getKey(), field.getKey())
              .isIn("bytes", "bytes per second", "seconds");
        }
      }
    }
  }

  @Test
  void everyExampleIsAProblem() {
    Validation validation = new Validation(description);
    JsonNode problem = Schemas.reference("Problem");

    for (var example : description.at("/components/examples").properties()) {
      assertThat(validation.errors(problem, example.getValue().get("value")))
          .as(example.getKey())
          .isEmpty();
    }
  }
}
