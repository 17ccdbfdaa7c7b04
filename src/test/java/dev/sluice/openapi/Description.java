package dev.sluice.openapi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The description of the REST API, of its controllers, its records and its documents. */
final class Description {

  private static final Pattern VERSION =
      Pattern.compile("<artifactId>sluice</artifactId>\\s*<version>([^<]+)</version>");

  private static final Pattern EXAMPLE =
      Pattern.compile("(?s)\n## ([a-z-]+)\n.*?```json\n(.*?)```");

  private final Facts facts = new Facts();
  private final RestPage page = new RestPage();
  private final ObjectNode root = JsonMapper.shared().createObjectNode();

  private Description() {}

  /** All of it. */
  static ObjectNode make() throws IOException {
    return new Description().whole();
  }

  /** As it is kept. */
  static String text(ObjectNode description) {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(description)
        + "\n";
  }

  private ObjectNode whole() throws IOException {
    root.put("openapi", "3.1.1");
    ObjectNode info = root.putObject("info").put("title", "Sluice").put("version", version());
    info.set("description", facts.part("info"));
    info.putObject("license").put("name", "Apache-2.0").put("identifier", "Apache-2.0");
    // Two folders above this description, wherever a proxy has put it.
    root.putArray("servers").addObject().put("url", "../");
    ArrayNode tags = root.putArray("tags");
    for (Map.Entry<String, JsonNode> tag : facts.part("tags").properties()) {
      tags.addObject().put("name", tag.getKey()).set("description", tag.getValue());
    }
    Schemas schemas = new Schemas(page, facts);
    Operations operations = new Operations(facts, page, schemas);
    ObjectNode paths = root.putObject("paths");
    for (Map.Entry<String, JsonNode> request : facts.part("requests").properties()) {
      String[] words = request.getKey().split(" ");
      ObjectNode path = (ObjectNode) paths.get(words[1]);
      (path == null ? paths.putObject(words[1]) : path)
          .set(words[0].toLowerCase(Locale.ROOT), operations.of(request.getKey()));
    }
    ObjectNode components = root.putObject("components");
    components.set("schemas", schemas.all());
    components.set("responses", operations.shared());
    components.set("headers", facts.part("headers"));
    addExamples(components.putObject("examples"));
    addSecurity(components.putObject("securitySchemes"));
    return root;
  }

  private static String version() throws IOException {
    Matcher found = VERSION.matcher(Files.readString(Path.of("pom.xml")));
    if (!found.find()) {
      throw new IllegalStateException("pom.xml has no version");
    }
    return found.group(1);
  }

  /** Those of docs/problems.md. */
  private static void addExamples(ObjectNode examples) throws IOException {
    String text = Files.readString(Path.of("docs", "problems.md"), StandardCharsets.UTF_8);
    for (MatchResult found : EXAMPLE.matcher(text).results().toList()) {
      JsonNode problem = JsonMapper.shared().readTree(found.group(2));
      examples
          .putObject(found.group(1))
          .put("summary", problem.get("title").stringValue())
          .set("value", problem);
    }
  }

  private static void addSecurity(ObjectNode schemes) {
    schemes
        .putObject("bearer")
        .put("type", "http")
        .put("scheme", "bearer")
        .put("description", "A token, or a JWT of an OpenID provider, where one is needed");
    schemes
        .putObject("ticket")
        .put("type", "apiKey")
        .put("in", "query")
        .put("name", "ticket")
        .put("description", "The ticket of the export, in place of a token");
  }
}
