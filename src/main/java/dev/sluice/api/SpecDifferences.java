package dev.sluice.api;

import dev.sluice.api.problem.FieldError;
import dev.sluice.export.ExportSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the differences between two specs, by the fields of a request. */
public final class SpecDifferences {

  /** In the order of the request's fields. The name is left out, because it is the same in both. */
  static final Map<String, Function<ExportSpec, @Nullable Object>> FIELDS = fields();

  private SpecDifferences() {}

  private static Map<String, Function<ExportSpec, @Nullable Object>> fields() {
    Map<String, Function<ExportSpec, @Nullable Object>> fields = new LinkedHashMap<>();
    fields.put("path", ExportSpec::path);
    fields.put("peer", spec -> spec.isOverHttp() ? "http" : null);
    fields.put("ticket", spec -> spec.ticket() != null);
    fields.put("direction", spec -> spec.direction().text());
    fields.put("size", spec -> size(spec.settings().size()));
    fields.put("listen", ExportSpec::listen);
    fields.put("listed", ExportSpec::listed);
    fields.put("clients", ExportSpec::clients);
    fields.put("labels", spec -> spec.labels().map());
    fields.put("reorderWindow", spec -> spec.settings().reorderWindow());
    fields.put("headWindow", spec -> spec.settings().headWindow());
    fields.put("resumeWindow", spec -> spec.settings().resumeWindow());
    fields.put("peerTimeout", spec -> spec.settings().timeouts().peer());
    fields.put("idleTimeout", spec -> spec.settings().timeouts().idle());
    fields.put("resumeTimeout", spec -> spec.settings().timeouts().resume());
    fields.put("lifetime", spec -> spec.settings().timeouts().lifetime());
    fields.put("padTail", spec -> spec.settings().assurances().padTail());
    fields.put("acceptClose", spec -> spec.settings().assurances().acceptClose());
    fields.put("acceptUnread", spec -> spec.settings().assurances().acceptUnread());
    fields.put("acceptExcess", spec -> spec.settings().assurances().acceptExcess());
    fields.put("copy", spec -> spec.settings().copy());
    fields.put("digest", spec -> spec.settings().sha256() ? "SHA-256" : null);
    fields.put("rateLimit", spec -> spec.settings().rateLimit());
    return fields;
  }

  private static @Nullable Long size(OptionalLong size) {
    return size.isPresent() ? size.getAsLong() : null;
  }

  /** Returns an error for each field that differs. */
  public static List<FieldError> between(ExportSpec asked, ExportSpec there) {
    List<FieldError> differences = new ArrayList<>();
    FIELDS.forEach(
        (field, value) -> {
          Object own = value.apply(there);
          if (!Objects.equals(value.apply(asked), own)) {
            String was = own == null ? "without" : "with " + own;
            differences.add(
                new FieldError(field, value.apply(asked), "the export was asked for " + was));
          }
        });
    return differences;
  }
}
