package dev.sluice.cluster.api;

import dev.sluice.export.ExportId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The export and the part of it that a path below {@code /exports} names.
 *
 * @param name the export's name or id; empty for {@code /exports} itself
 * @param part the subresource
 */
record ApiPath(String name, Part part) {

  private static final String ROOT = "/exports";
  private static final String EVENTS = "events";

  /** The subresources of an export. */
  enum Part {
    ALL(""),
    FINISH("finish"),
    DATA("data"),
    CONFIRMATION("data/confirm");

    private final String text;

    Part(String text) {
      this.text = text;
    }
  }

  /** Parses the path of a request; empty if every pod answers it itself. */
  static Optional<ApiPath> of(HttpServletRequest request) {
    String path = request.getServletPath();
    if (!path.equals(ROOT) && !path.startsWith(ROOT + "/")) {
      return Optional.empty();
    }
    String rest = path.substring(ROOT.length()).replaceFirst("^/", "").replaceFirst("/$", "");
    int slash = rest.indexOf('/');
    String name = slash < 0 ? rest : rest.substring(0, slash);
    String tail = slash < 0 ? "" : rest.substring(slash + 1);
    boolean isPut = request.getMethod().equals("PUT") && tail.isEmpty();
    if ((ExportId.is(name) && !isGet(request, tail)) || (name.equals(EVENTS) && !isPut)) {
      return Optional.empty();
    }
    return List.of(Part.values()).stream()
        .filter(part -> part.text.equals(tail))
        .map(part -> new ApiPath(name, part))
        .findFirst();
  }

  /** Only GET and HEAD accept an id instead of a name. */
  private static boolean isGet(HttpServletRequest request, String tail) {
    return tail.isEmpty() && Set.of("GET", "HEAD").contains(request.getMethod());
  }

  boolean isAll() {
    return name.isEmpty();
  }

  /** Returns the path as it is sent to another pod. */
  String text() {
    return ROOT + "/" + name + (part == Part.ALL ? "" : "/" + part.text);
  }
}
