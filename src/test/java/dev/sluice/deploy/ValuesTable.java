package dev.sluice.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * The values of the chart as a table in Markdown. A comment that begins with {@code # --} above a
 * key, as helm-docs has them, is its description; a map without one is described by its keys.
 */
final class ValuesTable {

  private static final JsonMapper JSON = new JsonMapper();

  private final List<String> rows = new ArrayList<>();

  private ValuesTable() {}

  static String read() throws IOException {
    String yaml = Files.readString(Chart.FOLDER.resolve("values.yaml"));
    LoaderOptions options = new LoaderOptions();
    options.setProcessComments(true);
    ValuesTable table = new ValuesTable();
    table.add(
        "", (MappingNode) new Yaml(options).compose(new StringReader(yaml)), new Yaml().load(yaml));
    return "| key | default | |\n|---|---|---|\n" + String.join("\n", table.rows) + "\n";
  }

  private void add(String path, MappingNode node, Map<String, ?> values)
      throws JsonProcessingException {
    for (NodeTuple tuple : node.getValue()) {
      ScalarNode key = (ScalarNode) tuple.getKeyNode();
      String name = path + key.getValue();
      Object value = values.get(key.getValue());
      String description = description(key);
      if (!description.isEmpty()) {
        String shown = JSON.writeValueAsString(value);
        rows.add("| `%s` | `%s` | %s |".formatted(name, shown, description));
      } else if (tuple.getValueNode() instanceof MappingNode inner && !inner.getValue().isEmpty()) {
        @SuppressWarnings("unchecked")
        Map<String, ?> innerValues = (Map<String, ?>) value;
        add(name + ".", inner, innerValues);
      } else {
        throw new AssertionError(name + " has no description in values.yaml");
      }
    }
  }

  /** The lines from the first that begins with two dashes on. */
  private static String description(ScalarNode key) {
    List<CommentLine> comments = key.getBlockComments();
    if (comments == null) {
      return "";
    }
    return comments.stream()
        .map(line -> line.getValue().strip())
        .dropWhile(line -> !line.startsWith("-- "))
        .map(line -> line.replaceFirst("^-- ", ""))
        .collect(Collectors.joining(" "))
        .replace("|", "\\|");
  }
}
