package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The keys that the documents name, and the defaults that they give, are those of application.yml.
 */
class DocumentedKeysTest {

  /** A line with a key; also one that is a comment, as those without a default are. */
  private static final Pattern LINE = Pattern.compile("^( *)(?:# )?([a-z0-9-]+):(?: (.*))?$");

  private static final Pattern KEY = Pattern.compile("`-{0,2}(sluice(?:\\.[a-z0-9-]+){2,})[`=]");

  private static final Pattern LIMIT =
      Pattern.compile("(?m)^\\|[^|]*\\| `([a-z.-]+)` \\| ([0-9]+ ?[a-zA-Z]*)[^|]*\\|");

  private static final Map<String, String> DEFAULTS = defaults();

  private static Map<String, String> defaults() {
    try {
      Map<String, String> found = new HashMap<>();
      List<String> path = new ArrayList<>();
      for (String line : Files.readAllLines(Path.of("application.yml"))) {
        Matcher key = LINE.matcher(line);
        int depth = key.matches() ? key.group(1).length() / 2 : Integer.MAX_VALUE;
        if (depth <= path.size()) {
          path.subList(depth, path.size()).clear();
          path.add(key.group(2));
          found.put(String.join(".", path), String.valueOf(key.group(3)).strip());
        }
      }
      return found;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static List<Path> pages() throws IOException {
    return DocumentsTest.pages();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyKeyThatAPageNamesExists(Path page) throws IOException {
    assertThat(KEY.matcher(Files.readString(page)).results().map(key -> key.group(1)))
        .isSubsetOf(DEFAULTS.keySet());
  }

  @Test
  void theTableOfLimitsHasTheDefaults() throws IOException {
    String page = Files.readString(Path.of("docs", "operations.md"));
    Map<String, String> documented = new HashMap<>();
    LIMIT
        .matcher(page)
        .results()
        .forEach(row -> documented.put(row.group(1), row.group(2).replace(" ", "")));

    assertThat(documented).hasSizeGreaterThan(15);
    assertThat(DEFAULTS).containsAllEntriesOf(documented);
  }
}
