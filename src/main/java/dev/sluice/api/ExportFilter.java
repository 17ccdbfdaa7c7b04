package dev.sluice.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.export.Labels;
import dev.sluice.stream.StreamState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A filter of the list of exports.
 *
 * @param states one of these
 * @param direction as a view has it; null for both
 * @param labels all of these
 */
record ExportFilter(
    Set<StreamState> states, @Nullable String direction, Map<String, String> labels) {

  private static final List<String> DIRECTIONS = List.of("write", "read");

  /**
   * Parses the query parameters. Those that may be repeated may have lists with commas instead.
   *
   * @throws ProblemException if a value is wrong
   */
  static ExportFilter of(
      @Nullable List<String> state, @Nullable String direction, @Nullable List<String> label) {
    if (direction != null && !DIRECTIONS.contains(direction)) {
      throw ProblemException.of("direction", direction, "expected write or read");
    }
    return new ExportFilter(states(state), direction, labels(label));
  }

  private static Set<StreamState> states(@Nullable List<String> names) {
    if (names == null) {
      return EnumSet.allOf(StreamState.class);
    }
    Set<StreamState> states = EnumSet.noneOf(StreamState.class);
    for (String name : names) {
      states.add(
          Stream.of(StreamState.values())
              .filter(known -> known.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      ProblemException.of(
                          "state", name, "expected " + List.of(StreamState.values()))));
    }
    if (states.isEmpty()) {
      throw ProblemException.of("state", "", "expected " + List.of(StreamState.values()));
    }
    return states;
  }

  private static Map<String, String> labels(@Nullable List<String> pairs) {
    Map<String, String> labels = new HashMap<>();
    for (String pair : pairs == null ? new ArrayList<String>() : pairs) {
      int end = pair.indexOf('=');
      if (end < 0) {
        throw ProblemException.of("label", pair, "expected KEY=VALUE");
      }
      String other = labels.put(pair.substring(0, end), pair.substring(end + 1));
      if (other != null) {
        throw ProblemException.of("label", pair, "expected each key once");
      }
    }
    try {
      Labels.of(labels);
    } catch (IllegalArgumentException e) {
      throw ProblemException.of(
          "label", String.join(",", labels.keySet()), String.valueOf(e.getMessage()));
    }
    return labels;
  }

  /**
   * Filters these exports. It matches only what the caller may see, so that a filter does not
   * reveal hidden fields.
   */
  Stream<ListedExport> of(Collection<ListedExport> exports) {
    return exports.stream().filter(export -> wants(export.view()));
  }

  private boolean wants(ExportView export) {
    Map<String, String> own = export.labels() == null ? Map.of() : export.labels();
    return states.contains(export.state())
        && (direction == null || direction.equals(export.direction()))
        && own.entrySet().containsAll(labels.entrySet());
  }
}
