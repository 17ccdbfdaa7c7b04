package dev.sluice.cluster.view;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.request.ExportRequest;
import dev.sluice.api.request.JsonBody;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportSpec;
import dev.sluice.stream.Direction;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Parses the spec of a resource. All pods are expected to have the same defaults. */
final class SpecReader {

  private final JsonMapper json;
  private final ExportProperties defaults;

  SpecReader(JsonMapper json, ExportProperties defaults) {
    this.json = json;
    this.defaults = defaults;
  }

  /**
   * The parsed spec of a resource.
   *
   * @param valid whether the spec is valid; otherwise only the direction is that of the resource
   */
  record Asked(ExportSpec spec, boolean valid) {}

  Asked read(StreamExport resource) {
    try {
      ExportSpec spec = spec(resource.request(), resource.name());
      return new Asked(spec.withTicket(resource.ticketHash()), true);
    } catch (ProblemException e) { // a pod refuses it, or will
      String direction =
          Direction.READ.text().equals(resource.getSpec().get("direction"))
              ? Direction.READ.text()
              : Direction.WRITE.text();
      Map<String, Object> least = Map.of("direction", direction, "peer", "http");
      return new Asked(spec(least, resource.name()), false);
    }
  }

  private ExportSpec spec(Map<String, Object> request, String name) {
    return JsonBody.read(json.writeValueAsBytes(request), ExportRequest.class)
        .value()
        .spec(name, defaults);
  }
}
