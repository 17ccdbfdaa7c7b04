package dev.sluice.api.request;

import dev.sluice.export.Labels;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Reads labels. */
final class LabelsDeserializer extends FieldDeserializer<Labels> {

  @Override
  Labels of(JsonNode given) {
    if (!given.isObject()) {
      throw new IllegalArgumentException("expected an object with strings in it");
    }
    Map<String, String> labels = new HashMap<>();
    for (Map.Entry<String, JsonNode> each : given.properties()) {
      if (!each.getValue().isString()) {
        throw new IllegalArgumentException(
            "the value of \"%s\" is none; expected a string".formatted(each.getKey()));
      }
      labels.put(each.getKey(), each.getValue().stringValue());
    }
    return Labels.of(labels);
  }
}
