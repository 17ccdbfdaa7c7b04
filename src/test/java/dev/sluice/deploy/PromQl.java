package dev.sluice.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The series that an expression of Prometheus' language asks for. */
final class PromQl {

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<grouping>\\b(?:by|without|on|ignoring)\\s*\\([^)]*\\))"
              + "|(?<selector>[a-zA-Z_:][a-zA-Z0-9_:]*)\\s*\\{(?<labels>[^}]*)}"
              + "|(?<function>[a-z_]+)\\s*\\("
              + "|(?<bare>[a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "|\\[[^]]*]"
              + "|\\d[\\w.]*");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "sum", "max", "min");

  private PromQl() {}

  /**
   * One selector.
   *
   * @param name of the metric
   * @param labels which values each label may or must not have
   */
  record Selector(String name, Map<String, List<String>> labels) {}

  static List<Selector> selectors(String expression) {
    List<Selector> found = new ArrayList<>();
    for (Matcher token = TOKEN.matcher(expression); token.find(); ) {
      if (token.group("selector") != null) {
        found.add(new Selector(token.group("selector"), labels(token.group("labels"))));
      } else if (token.group("bare") != null && !OPERATORS.contains(token.group("bare"))) {
        found.add(new Selector(token.group("bare"), Map.of()));
      }
    }
    return found;
  }

  private static Map<String, List<String>> labels(String text) {
    Map<String, List<String>> labels = new TreeMap<>();
    MATCHER
        .matcher(text)
        .results()
        .forEach(one -> labels.put(one.group(1), List.of(one.group(3).split("\\|"))));
    return labels;
  }
}
