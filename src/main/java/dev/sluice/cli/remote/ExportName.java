package dev.sluice.cli.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.common.UsageException;
import java.net.URLEncoder;
import java.util.Set;

/** Paths of exports in the REST API. */
final class ExportName {

  private static final String EXPORTS = "/exports";

  /** Texts that cannot be names, and would make another path. */
  private static final Set<String> OTHERS = Set.of("", ".", "..");

  private ExportName() {}

  /** Returns the path of all exports. */
  static String all() {
    return EXPORTS;
  }

  /**
   * Returns the path of the export with a name or an id.
   *
   * @throws UsageException when no export can have that name
   */
  static String path(String name) {
    if (OTHERS.contains(name)) {
      throw new UsageException(
          "'%s' is no name of an export; expected letters, digits and . _ -".formatted(name));
    }
    return EXPORTS + "/" + URLEncoder.encode(name, UTF_8).replace("+", "%20");
  }
}
