package dev.sluice.cluster.api;

import dev.sluice.api.ExportDetails;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.view.ResourceViews;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Creates JSON responses. */
final class JsonReplies {

  private final ResourceViews views;
  private final JsonMapper json;

  JsonReplies(ResourceViews views, JsonMapper json) {
    this.views = views;
    this.json = json;
  }

  /** Responds with an export that no pod runs, as far as the caller may see it. */
  Reply.Answer of(StreamExport resource, boolean seesNames) {
    return json(200, views.of(resource, seesNames));
  }

  /** Responds with the details of an export that no pod runs. It has no events. */
  Reply.Answer detailed(StreamExport resource, boolean seesNames) {
    return json(200, new ExportDetails(views.of(resource, seesNames), List.of()));
  }

  /** Responds with a value as JSON. */
  Reply.Answer json(int status, Object body) {
    return new Reply.Answer(
        status,
        Map.of(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE),
        new Body(json.writeValueAsBytes(body)));
  }
}
