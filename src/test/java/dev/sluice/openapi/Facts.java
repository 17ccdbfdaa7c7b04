package dev.sluice.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The file operations.yml: what the code does not say of the requests that it takes. */
final class Facts {

  private final JsonNode all;

  Facts() {
    try (InputStream file = Facts.class.getResourceAsStream("/openapi/operations.yml")) {
      all = JsonMapper.shared().valueToTree(new Yaml().load(Objects.requireNonNull(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A part of it. */
  JsonNode part(String name) {
    return Objects.requireNonNull(all.get(name), name);
  }

  /** One of a part that has a text for each key; null if there is none. */
  String text(String part, String key) {
    JsonNode text = part(part).get(key);
    return text == null ? null : text.stringValue();
  }
}
