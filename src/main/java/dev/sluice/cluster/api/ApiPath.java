package dev.sluice.cluster.api;

import dev.sluice.export.ExportId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a request is about, below {@code /exports}.
 *
 * @param name of an export, or its id; empty where the request is about all of them
 * @param part what of it
 */
record ApiPath(String name, Part part) {

  private static final String ROOT = "/exports";
  private static final String EVENTS = "events";

  /** What there is of an export. */
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

  /** That of a request; empty if each pod answers it by itself. */
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

  /** No other request takes an id in place of a name. */
  private static boolean isGet(HttpServletRequest request, String tail) {
    return tail.isEmpty() && Set.of("GET", "HEAD").contains(request.getMethod());
  }

  boolean isAll() {
    return name.isEmpty();
  }

  /** As it is written. */
  String text() {
    return ROOT + "/" + name + (part == Part.ALL ? "" : "/" + part.text);
  }
}
