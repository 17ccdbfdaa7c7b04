package dev.sluice.cluster.api;

import dev.sluice.api.ExportDetails;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.view.ResourceViews;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Makes answers in JSON. */
final class Replies {

  private final ResourceViews views;
  private final JsonMapper json;

  Replies(ResourceViews views, JsonMapper json) {
    this.views = views;
    this.json = json;
  }

  /** An export that no pod has, as the caller may see it. */
  Reply.Answer of(StreamExport resource, boolean seesNames) {
    return json(200, views.of(resource, seesNames));
  }

  /** The same, as it is shown alone; nobody knows when its state has changed. */
  Reply.Answer detailed(StreamExport resource, boolean seesNames) {
    return json(200, new ExportDetails(views.of(resource, seesNames), List.of()));
  }

  /** An answer with this body. */
  Reply.Answer json(int status, Object body) {
    return new Reply.Answer(
        status,
        Map.of(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE),
        new Body(json.writeValueAsBytes(body)));
  }
}
